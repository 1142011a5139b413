import { describe, expect, it } from 'vitest';
import { driver, mistakesIn } from '../../support/iig.ts';

describe('a mistake in an .iig', () => {
  it.each([
    [
      'a data member',
      'uint32_t count_;',
      '3:16: found `;`, expected `(`: only methods stand in a class, its data belongs into `struct Driver_IVars`',
    ],
    [
      'a constructor',
      'Driver();',
      '3:1: found `Driver`, expected a method: objects are not constructed but get `init()`',
    ],
    ['a destructor', '~Driver();', '3:1: found `~`, expected a method: objects come from `init()` and end in `free()`'],
    ['a template', 'template <class T> void f(T t);', '3:1: found `template`, expected a method'],
    ['a method without a type', 'Go();', '3:1: found `Go`, expected the type a method returns'],
    [
      'a method with a body',
      'bool Ready() LOCALONLY { return true; }',
      '3:24: found `{`, expected `;`: a body belongs into the .cpp',
    ],
    [
      'an unknown attribute',
      'kern_return_t Go() LOKAL;',
      '3:20: found `LOKAL`, expected `;`, `const`, `override`, `final`, `= 0` or an attribute',
    ],
    ['an attribute twice', 'kern_return_t Go() LOCAL IIG_LOCAL;', '3:26: found `IIG_LOCAL`, expected LOCAL only once'],
    [
      'an attribute at the wrong place',
      'kern_return_t Go(OSAction * action LOCAL);',
      '3:36: found `LOCAL`, expected an attribute of a parameter: TARGET, TYPE, PORTMAKESEND, PORTCOPYSEND',
    ],
    [
      'TYPE without a name',
      'void Done(OSAction * action) TYPE;',
      '3:34: found `;`, expected `(` and the name of a method behind TYPE',
    ],
    [
      'QUEUENAME without a word',
      'kern_return_t Go() QUEUENAME("Work");',
      '3:30: found `"Work"`, expected the name of a dispatch queue in QUEUENAME(…)',
    ],
    [
      'a parenthesis that never closes',
      'kern_return_t Go(uint32_t a;',
      '3:17: found `(`, expected a `)` that closes it',
    ],
    ['an empty parameter', 'kern_return_t Go(uint32_t a,);', '3:29: found `)`, expected a parameter'],
    [
      'a wrong return type',
      'virtual bool Ready();',
      '3:14: found `bool Ready`, expected kern_return_t, IOReturn or void (or the method LOCALONLY)',
    ],
    [
      'a one-way method that returns something',
      'virtual void Ask(uint32_t * answer);',
      '3:14: found `void Ask` with `uint32_t * answer`, expected kern_return_t: a one-way message returns nothing',
    ],
    [
      'a static one-way method',
      'static void Go();',
      '3:13: found `static void Go`, expected kern_return_t (or the method LOCALONLY)',
    ],
    [
      'static and virtual',
      'static virtual kern_return_t Go();',
      '3:30: found `Go` both static and virtual, expected one of them',
    ],
    [
      'LOCAL and LOCALONLY',
      'virtual kern_return_t Go() LOCAL LOCALONLY;',
      '3:23: found `Go` both LOCAL and LOCALONLY, expected one of them',
    ],
    [
      'two dispatched methods of one name',
      'kern_return_t Go();\nkern_return_t Go(uint32_t a);',
      '4:15: found `Go` a second time, expected another name: line 3 has a dispatched method of it',
    ],
    [
      'two parameters of one name',
      'kern_return_t Go(uint32_t a, uint32_t a);',
      '3:30: found `a` a second time, expected another name for the parameter',
    ],
  ])('%s is reported where it stands', (_, members, expected) =>
    expect(mistakesIn(driver(members))).toEqual([expected]),
  );

  it.each([
    [
      'a reference',
      'uint32_t & a',
      '3:18: found `uint32_t & a` in a dispatched method, expected a value, an object, a structure or an array of fixed length (or the method LOCALONLY)',
    ],
    [
      'a template',
      'Vector<int> a',
      '3:18: found `Vector<int> a` in a dispatched method, expected a value, an object, a structure or an array of fixed length (or the method LOCALONLY)',
    ],
    [
      'a block',
      'void (^done)(void)',
      '3:18: found `void (^ done)(void)` in a dispatched method, expected a value, an object, a structure or an array of fixed length (or the method LOCALONLY)',
    ],
    [
      'the name of a block',
      'IODispatchBlock done',
      '3:18: found `IODispatchBlock done` in a dispatched method, expected no function or block: those cannot leave the process (or the method LOCALONLY)',
    ],
    [
      'a void pointer',
      'void * a',
      '3:18: found `void * a` in a dispatched method, expected an IOMemoryDescriptor, an OSData or a structure: `void *` says no size (or the method LOCALONLY)',
    ],
    [
      'a text without a length',
      'const char * name',
      '3:18: found `const char * name` in a dispatched method, expected an array of fixed length: `const char name[128]` (or the method LOCALONLY)',
    ],
    [
      'an array without a length',
      'const uint32_t a[]',
      '3:18: found `const uint32_t a[]` in a dispatched method, expected the length of the array between `[` and `]` (or the method LOCALONLY)',
    ],
    [
      'an array of arrays',
      'const uint32_t a[2][3]',
      '3:18: found `const uint32_t a[2][3]` in a dispatched method, expected an array of one dimension (or the method LOCALONLY)',
    ],
    [
      'an object by value',
      'OSData a',
      '3:18: found `OSData a` in a dispatched method, expected `OSData *` for an object or `OSData **` for one that is returned (or the method LOCALONLY)',
    ],
    [
      'a pointer to a pointer to a structure',
      'Info ** a',
      '3:18: found `Info ** a` in a dispatched method, expected `Info *`, or a class declared with `class Info;` (or the method LOCALONLY)',
    ],
    [
      'TARGET on something else',
      'uint32_t a TARGET',
      '3:18: found `uint32_t a` TARGET, expected `OSAction *` before TARGET or TYPE',
    ],
    [
      'TYPE of nothing',
      'OSAction * a TYPE(Nothing)',
      '3:18: found TYPE(Nothing), expected the name of a method of Driver, or Class::Method',
    ],
    [
      'TYPE of what is no callback',
      'OSAction * a TYPE(RegisterService)',
      '3:18: found TYPE(RegisterService), expected a method with a TARGET parameter',
    ],
  ])('%s cannot cross to another process', (_, parameter, expected) =>
    expect(mistakesIn(driver(`kern_return_t Go(${parameter});`))).toEqual([expected]),
  );

  it.each([
    [
      'overrides nothing',
      'virtual kern_return_t Begin() override;',
      '3:23: found `Begin` marked override, expected a base class of Driver to declare it with 0 parameters',
    ],
    [
      'overrides with other parameters',
      'virtual kern_return_t Start() override;',
      '3:23: found `Start` marked override, expected a base class of Driver to declare it with 0 parameters',
    ],
    [
      'is LOCALONLY though dispatched above',
      'virtual kern_return_t Start(IOService * provider) override LOCALONLY;',
      '3:23: found `Start` LOCALONLY, expected `override` alone or with LOCAL: IOService::Start is dispatched',
    ],
    [
      'is LOCAL though LOCALONLY above',
      'virtual bool init() override LOCAL;',
      '3:14: found `init` LOCAL, expected `override` alone or with LOCALONLY: IOService::init is LOCALONLY',
    ],
    [
      'has a type without its class',
      'void Done(OSAction * action) TYPE(Done);',
      '3:6: found `Done` TYPE(Done), expected Class::Method in TYPE(…)',
    ],
    [
      'has the type of an unknown class',
      'void Done(OSAction * action) TYPE(Pipe::Done);',
      '3:6: found `Done` TYPE(Pipe::Done), expected an #include of Pipe.iig',
    ],
    [
      'has the type of an unknown method',
      'void Done(OSAction * action) TYPE(IOService::Done);',
      '3:6: found `Done` TYPE(IOService::Done), expected a method that IOService declares',
    ],
    [
      'has the type of what is no callback',
      'kern_return_t Done(IOService * provider) TYPE(IOService::Stop);',
      '3:15: found `Done` TYPE(IOService::Stop), expected a method of IOService with a TARGET parameter',
    ],
  ])('a method that %s is reported', (_, member, expected) => expect(mistakesIn(driver(member))).toEqual([expected]));

  it('a callback with other parameters than its type is reported', () => {
    const text = `#include <DriverKit/IOTimerDispatchSource.iig>\n${driver('void Tick(OSAction * action) TYPE(IOTimerDispatchSource::TimerOccurred);')}`;
    expect(mistakesIn(text)).toEqual([
      '4:6: found `Tick` TYPE(IOTimerDispatchSource::TimerOccurred), expected the 2 parameters of IOTimerDispatchSource::TimerOccurred, not 1',
    ]);
  });

  it.each([
    [
      'no base',
      'class A {\n};',
      '1:9: found `{`, expected `: public OSObject` or another base of A; a plain type is a `struct`',
    ],
    [
      'an unknown base',
      'class A : public B {\n};',
      '1:18: found `B` as base of A, expected an #include of the .iig that declares B',
    ],
    [
      'two bases',
      'class B;\nclass A : public B, public C {\n};',
      '2:19: found `,`, expected `{`: a class has one base',
    ],
    [
      'a private base',
      'class A : private B {\n};',
      '1:11: found `private`, expected `public`: objects inherit in public',
    ],
    ['no end', 'class B;\nclass A : public B {\n', '2:20: found `{`, expected a `}` that closes the class'],
    [
      'no semicolon',
      'class B;\nclass A : public B {\n}\n',
      '4:1: found the end of the file, expected `;` behind a class',
    ],
    [
      'a namespace',
      'class B;\nnamespace n {\nclass A : public B {\n};\n}',
      '3:7: found class A inside a namespace, expected it outside: the runtime finds classes by their plain name',
    ],
    [
      'a name twice',
      'class B;\nclass A : public B {\n};\nclass A : public B {\n};',
      '4:7: found `A`, expected a name that is not taken; A is declared in 2',
    ],
    [
      'a framework that is not there',
      '#include <HIDDriverKit/IOUserHIDDevice.iig>',
      '1:1: found `HIDDriverKit/IOUserHIDDevice.iig`, expected a class of DriverKit, USBDriverKit, NetworkingDriverKit: the host has no HIDDriverKit, so what stands on it runs only on a Mac',
    ],
    ['a missing include', '#include "Gone.iig"', `1:1: found \`Gone.iig\`, expected a file of that name in ./, `],
    [
      'an extension of nothing',
      'class EXTENDS(A) B {\n};',
      '1:18: found EXTENDS(A), expected a class A in the same file',
    ],
    [
      'a final base',
      'class B;\nclass A final : public B {\n};\nclass C : public A {\n};',
      '4:18: found `A`, expected a base class that is not final',
    ],
  ])('a class with %s is reported', (_, text, expected) => expect(mistakesIn(text)[0]).toContain(expected));

  it('a class that leaves out a method its base insists on is reported, because macOS would end its process silently', () => {
    const text =
      '#include <NetworkingDriverKit/IOUserNetworkEthernet.iig>\nclass Port : public IOUserNetworkEthernet {\n};';
    const missing =
      'SetInterfaceEnable, SetPromiscuousModeEnable, SetAllMulticastModeEnable, SelectMediaType, SetWakeOnMagicPacketEnable, SetMTU, GetMaxTransferUnit, SetHardwareAssists, GetHardwareAssists';
    expect(mistakesIn(text)).toEqual([
      `2:7: found class Port without ${missing}, expected an override of what is \`= 0\` in IOUserNetworkEthernet`,
    ]);
  });

  it.each([
    ['an #if without an end', '#if 1\n', '1:1: found `#if 1`, expected its `#endif` before the end of the file'],
    ['an #endif without a beginning', '#endif\n', '1:1: found `#endif`, expected an `#if` before it'],
    ['an empty condition', '#if\n#endif', '1:1: found the end of the line, expected a number, a macro or `defined`'],
    ['a #define of nothing', '#define\n', '1:1: found `#define`, expected the name of a macro behind `#define`'],
    ['an endless comment', 'int a;\n  /* b', '2:3: found a comment that is never closed, expected its end'],
    [
      'an endless string',
      'extern "C',
      '1:8: found a " that is never closed, expected the closing mark on the same line',
    ],
    ['a brace too many', '}\n', '1:1: found `}`, expected a declaration'],
    ['a foreign character', 'int ü;', '1:5: found `ü`, expected C++'],
  ])('%s is reported', (_, text, expected) => expect(mistakesIn(text)).toContain(expected));

  it('every mistake of a file is reported in one run, and none twice', () => {
    const members =
      'uint32_t count_;\nvirtual bool Ready();\nkern_return_t Good();\n~Driver();\nkern_return_t Go(void * a);';
    expect(mistakesIn(driver(members)).map((line) => line.split(':')[0])).toEqual(['3', '4', '6', '7']);
  });

  it('a mistake in an included .iig is reported with the name of that file', () => {
    const other = 'class A;\nclass B : public A {\nint a;\n};';
    expect(mistakesIn('#include "Other.iig"\n', { 'Other.iig': other })).toEqual([
      'Other.iig:3:6: found `;`, expected `(`: only methods stand in a class, its data belongs into `struct B_IVars`',
    ]);
  });

  it('what a plain header does wrong is left to the C++ compiler', () => {
    expect(mistakesIn('#include "other.h"\n', { 'other.h': 'class A { ; }}} " #if' })).toEqual([]);
  });
});
