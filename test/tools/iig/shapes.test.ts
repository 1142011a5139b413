import { describe, expect, it } from 'vitest';
import { compileText, compileWhole, driver, mistakesIn } from '../../support/iig.ts';

/** One line, spaces made one. */
const flat = (text: string): string => text.replaceAll('\\\n', ' ').replace(/\s+/g, ' ');
const headerOf = (text: string, files = {}): string => flat(compileWhole(text, files).header);
const codeOf = (text: string): string => flat(compileWhole(text).implementation);
/** The code of one method of Driver, from its name to the end. */
const method = (text: string, name: string): string =>
  /\{.*?\n\}/s.exec(compileWhole(text).implementation.split(`Driver::${name}(`)[1] ?? '')?.[0] ?? '';
const idOf = (header: string, name: string): string =>
  new RegExp(`#define ${name}_ID (0x[0-9a-f]{16})ULL`).exec(header)?.[1] ?? '';

describe('a message', () => {
  it('holds the target, then the objects in their order, then the plain parameters', () => {
    const members =
      'kern_return_t Attach(uint32_t version, OSAction * action, const char name[128], OSData * data, uint64_t * bytes, IOService ** found);';
    const header = headerOf(driver(members));
    expect(header).toContain(
      'struct Driver_Attach_Msg { IORPCMessage header; OSObjectRef __object; OSObjectRef action; OSObjectRef data; uint32_t version; char name[128]; };',
    );
    expect(header).toContain('struct Driver_Attach_Rpl { IORPCMessage header; OSObjectRef found; uint64_t bytes; };');
    expect(header).toContain(
      '#define Driver_Attach_Args [[maybe_unused]] uint32_t version, [[maybe_unused]] OSAction * action, [[maybe_unused]] const char * name,',
    );
  });

  it.each([
    ['an array typedef', 'const IOServiceName name', 'char name[128];', 'const IOServiceName name'],
    [
      'an array with its count',
      'const uint32_t sizes[16], int sizesCount',
      'uint32_t sizes[16]; int sizesCount;',
      'const uint32_t * sizes, [[maybe_unused]] int sizesCount',
    ],
    [
      'an array of objects',
      'uint32_t count, OSData * const all[32]',
      'OSObjectRef all[32]; uint32_t count;',
      'uint32_t count, [[maybe_unused]] OSData * const * all',
    ],
    ['a structure by value', 'IOAddressSegment range', 'IOAddressSegment range;', 'IOAddressSegment range'],
    [
      'a structure by pointer',
      'const struct IOAddressSegment * range',
      'IOAddressSegment range;',
      'const struct IOAddressSegment * range',
    ],
    ['a bool, as a byte', 'bool enable', 'uint8_t enable;', 'bool enable'],
    ['a long number', 'unsigned long long n', 'unsigned long long n;', 'unsigned long long n'],
    ['a parameter without a name', 'uint32_t', 'uint32_t argument0;', 'uint32_t argument0'],
    ['a parameter called header', 'uint32_t header', 'uint32_t header_;', 'uint32_t header'],
  ])('carries %s', (_, parameters, fields, args) => {
    const text = `struct IOAddressSegment { uint64_t address, length; };\n${driver(`kern_return_t Go(${parameters});`)}`;
    const header = headerOf(text);
    expect(header).toContain(`OSObjectRef __object; ${fields} };`);
    expect(header).toContain(`#define Driver_Go_Args [[maybe_unused]] ${args} #define`);
  });

  it('has an id made of class and method, whose top bit says that the kernel implements it', () => {
    const text = driver('kern_return_t Go();').replace('class Driver', 'class KERNEL Driver');
    const [ours, kernels] = [
      idOf(headerOf(driver('kern_return_t Go();')), 'Driver_Go'),
      idOf(headerOf(text), 'Driver_Go'),
    ];
    expect(BigInt(ours) >> 63n).toBe(0n);
    expect(BigInt(kernels) - BigInt(ours)).toBe(1n << 63n);
    expect(idOf(headerOf(driver('kern_return_t Stop(uint32_t a);')), 'Driver_Stop')).not.toBe(ours);
  });

  it('of a void method is one-way, and of a LOCAL one for this side', () => {
    expect(codeOf(driver('void Go();'))).toContain('{Driver_Go_ID, kIORPCMessageOneway, 1, sizeof message, 0}');
    expect(codeOf(driver('void Go();'))).toContain('IORPC call{&message.header, nullptr, sizeof message, 0};');
    expect(headerOf(driver('void Go();'))).not.toContain('Driver_Go_Rpl');
    expect(codeOf(driver('kern_return_t Go() LOCAL;'))).toContain(
      '{Driver_Go_ID, kIORPCMessageLocalHost, 1, sizeof message, 0}',
    );
  });

  it('of a callback goes to the action', () => {
    const text = driver('void Done(OSAction * action TARGET, IOReturn status) = 0;');
    expect(method(text, 'Done')).toContain('message.__object = OSObjectRefOf(action);');
    expect(method(text, 'Done')).toContain('action->Invoke(call)');
  });
});

describe('a class', () => {
  it('gets a wrapper, an implementation to be written, and an entrance for messages', () => {
    const header = headerOf(driver('virtual kern_return_t Go(uint32_t a);'));
    expect(header).toContain('kern_return_t Go(uint32_t a, OSDispatchMethod supermethod = nullptr);');
    expect(header).toContain('kern_return_t Go_Impl(Driver_Go_Args);');
    expect(header).toContain('typedef kern_return_t (*Go_Handler)(OSMetaClassBase *, Driver_Go_Args);');
    expect(header).toContain(
      'static kern_return_t Go_Invoke(const IORPC rpc, OSMetaClassBase * target, Go_Handler func);',
    );
    expect(header).toContain(
      'class Driver : public IOService, public DriverInterface { friend class DriverMetaClass; public: union { Driver_IVars * ivars = nullptr; Driver_LocalIVars * lvars; };',
    );
  });

  it('that overrides a method implements it under the parameters of the class that brought it', () => {
    const text = driver('virtual kern_return_t Start(IOService * device) override;');
    expect(headerOf(text)).toContain('kern_return_t Start_Impl(IOService_Start_Args);');
    expect(headerOf(text)).toContain('#define Driver_Start_Args [[maybe_unused]] IOService * device');
    expect(headerOf(text)).not.toContain('Driver_Start_ID');
    expect(codeOf(text)).toContain('case IOService_Start_ID: return IOService::Start_Invoke(rpc, self,');
    expect(codeOf(text)).toContain(
      'static_assert(std::is_same_v<void (*)(Driver_Start_Args), void (*)(IOService_Start_Args)>, "Test.iig:3: Start takes other types than IOService::Start");',
    );
    expect(codeOf(text)).toContain('default: return IOService::_Dispatch(self, rpc);');
  });

  it('overrides without saying so, as in C++', () => {
    expect(headerOf(driver('virtual kern_return_t Stop(IOService * provider);'))).toContain(
      'Stop_Impl(IOService_Stop_Args)',
    );
    expect(headerOf(driver('bool init();'))).toContain('bool init()');
  });

  it('gets an action class and CreateAction for each callback, and checks the action at delivery', () => {
    const text = `#include <DriverKit/IOTimerDispatchSource.iig>\n${driver('virtual void Tick(OSAction * action, uint64_t time) TYPE(IOTimerDispatchSource::TimerOccurred) QUEUENAME(Work);')}`;
    expect(headerOf(text)).toContain('kern_return_t CreateActionTick(size_t referenceSize, OSAction ** action);');
    expect(headerOf(text)).toContain('class OSAction_Driver_Tick : public OSAction {');
    expect(headerOf(text)).not.toContain('Driver_Tick_Msg');
    const code = codeOf(text);
    expect(code).toContain(
      'OSAction_Driver_Tick::CreateWithTypeName(this, Driver_Tick_ID, IOTimerDispatchSource_TimerOccurred_ID, referenceSize, typeName, action);',
    );
    expect(code).toContain('case Driver_Tick_ID: return IOTimerDispatchSource::TimerOccurred_Invoke(rpc, self,');
    expect(code).toContain('}, OSTypeID(OSAction_Driver_Tick));');
    expect(code).toContain('{Driver_Tick_ID, "Work", "Tick"},');
  });

  it('of the kernel leaves its methods to the kernel, except LOCAL, pure ones and callbacks', () => {
    const members =
      'virtual kern_return_t A();\nvirtual kern_return_t B() LOCAL;\nvirtual kern_return_t C() = 0;\nvirtual void D(OSAction * action TARGET);\nstatic kern_return_t E();\nstatic kern_return_t F() LOCAL;';
    const text = driver(members).replace('class Driver', 'class KERNEL Driver');
    const [header, code] = [headerOf(text), codeOf(text)];
    expect(code).toContain('case Driver_A_ID: return OSKernelCall(self, rpc);');
    expect(code).toContain('case Driver_B_ID: return Driver::B_Invoke(');
    expect(code).toContain('case Driver_C_ID: return kIOReturnUnsupported;');
    expect(code).toContain('case Driver_D_ID: return kIOReturnUnsupported;');
    expect(code).toContain('case Driver_E_ID: return OSKernelCall(nullptr, rpc);');
    expect(code).toContain('case Driver_F_ID: return Driver::F_Invoke(rpc,');
    expect(code).toContain('kern_return_t result = gDriverMetaClass->Dispatch(call);');
    expect(code).toContain('kOSClassCanRemote, sizeof(Driver)}');
    expect(header).toContain(
      '#define Driver_KernelMethods protected: kern_return_t A_Impl(Driver_A_Args); static kern_return_t E_Impl(Driver_E_Args);',
    );
  });

  it('keeps what is LOCALONLY as it is written, blocks, references and defaults too', () => {
    const header = headerOf(
      driver(
        'std::vector<int> & f(void (^ block)(int), const char * name = "a, b", int (*list)[3]) const LOCALONLY;\nvirtual bool g(uint32_t a = 1) LOCALONLY;\nstatic Driver * make() LOCALONLY;',
      ),
    );
    expect(header).toContain(
      'std::vector<int> & f(void (^ block)(int), const char * name = "a, b", int (* list)[3]) const;',
    );
    expect(header).toContain('virtual bool g(uint32_t a = 1) override;');
    expect(header).toContain('class DriverInterface : public OSInterface { public: virtual bool g(uint32_t a) = 0; };');
    expect(header).toContain('static Driver * make();');
  });

  it('keeps the defaults of dispatched methods for callers alone', () => {
    const text = driver('virtual kern_return_t Ask(uint32_t id, uint32_t options = 0);');
    const header = headerOf(text);
    expect(header).toContain(
      'kern_return_t Ask(uint32_t id, uint32_t options = 0, OSDispatchMethod supermethod = nullptr);',
    );
    expect(header).toContain(
      '#define Driver_Ask_Args [[maybe_unused]] uint32_t id, [[maybe_unused]] uint32_t options #define',
    );
    expect(codeOf(text)).toContain('Driver::Ask(uint32_t id, uint32_t options, OSDispatchMethod supermethod) {');
  });

  it('takes a class marked LOCALONLY as plain C++, its extension too', () => {
    const header = headerOf(
      `${driver('')}class OSData;\nclass LOCALONLY Helper : public OSObject {\n  virtual bool init() override;\n  OSData * Copy(float scale);\n};\nclass EXTENDS (Helper) HelperPrivate {\n  float Scale();\n};`,
    );
    expect(header).toContain('OSData * Copy(float scale);');
    expect(header).toContain('float Scale();');
    expect(header).not.toContain('Helper_Copy_ID');
  });

  it('lets a plain method share the name of an inherited one that takes something else', () => {
    const header = headerOf(driver('kern_return_t SetName(OSString * name) LOCALONLY;'));
    expect(header).toContain('kern_return_t SetName(OSString * name);');
    expect(header).not.toContain('Driver_SetName_ID');
  });

  it('lets a class stand on a hand-written one and override what only that one knows', () => {
    const list = 'class List : public OSObject {\n};\n';
    const text = '#include "List.h"\nclass LOCALONLY Element : public List {\n  virtual void free() override;\n};';
    const header = headerOf(text, { 'List.h': `#include <DriverKit/OSObject.iig>\n${list}` });
    expect(header).toContain('virtual void free() override;');
  });

  it('hands the call itself on where INVOKEREPLY or REPLY ask for it', () => {
    const header = headerOf(
      driver(
        'virtual kern_return_t Check(bool all) INVOKEREPLY;\nvirtual void Tell(OSAction * action TARGET) REPLY LOCAL = 0;',
      ),
    );
    expect(header).toContain('#define Driver_Check_Args [[maybe_unused]] const IORPC rpc, [[maybe_unused]] bool all');
    expect(header).toContain('kern_return_t Check(bool all, OSDispatchMethod supermethod = nullptr);');
    expect(header).toContain('void Tell(const IORPC rpc, OSAction * action, OSDispatchMethod supermethod = nullptr);');
  });

  it('may be final, const where its methods are, and bring names of its own', () => {
    const text = driver(
      'enum Mode : uint8_t { kOff, kOn };\nstatic constexpr int kMost = 4;\nusing Name = char[8];\nvirtual kern_return_t Get(uint8_t * value) const final;',
    ).replace('class Driver', 'class Driver final');
    expect(headerOf(text)).toContain('class Driver final : public IOService');
    expect(headerOf(text)).toContain('enum Mode : uint8_t { kOff, kOn };');
    expect(headerOf(text)).toContain('static constexpr int kMost = 4;');
    expect(headerOf(text)).toContain(
      'kern_return_t Get(uint8_t * value, OSDispatchMethod supermethod = nullptr) const;',
    );
    expect(codeOf(text)).toContain('Driver * self = const_cast<Driver *>(this);');
  });

  it('takes every attribute with IIG_ before it', () => {
    const members =
      'virtual kern_return_t A(OSAction * action IIG_TYPE(B)) IIG_LOCAL IIG_QUEUENAME(Work);\nvirtual void B(OSAction * action IIG_TARGET) = 0;\nint C() IIG_LOCALONLY;\nvirtual kern_return_t D() IIG_REMOTE IIG_CONCRETE;\nvirtual kern_return_t E() IIG_LOCALHOST;';
    const header = (prefix: string): string =>
      headerOf(
        driver(members.replaceAll('IIG_', prefix)).replace(
          'class Driver',
          `class ${prefix}NATIVE ${prefix}KERNEL ${prefix}SERIALIZABLE Driver`,
        ),
      );
    expect(header('IIG_')).toBe(header(''));
  });

  it('may be extended in the same file', () => {
    const text = `${driver('kern_return_t A();')}class EXTENDS (Driver) DriverPrivate {\n  virtual kern_return_t _B();\n};\n`;
    expect(headerOf(text)).toContain('kern_return_t _B(OSDispatchMethod supermethod = nullptr);');
    expect(headerOf(text)).not.toContain('DriverPrivate');
  });
});

describe('the text around the classes', () => {
  it('stays as it is, with .iig includes become .h, in its order', () => {
    const text =
      '/* top */\n#ifndef T_h\n#define T_h\n#include <DriverKit/IOService.iig> // base\n#include "Other.h"\nenum { kA = 1 };\nclass A : public IOService {};\n\nstruct Between { int a; };\nclass B : public A {};\n// tail\n#endif\n';
    const { header } = compileWhole(text);
    const landmarks = [
      '#pragma once',
      '/* top */',
      '#ifndef T_h',
      '#include <DriverKit/IOService.h> // base',
      '#include "Other.h"',
      'enum { kA = 1 };',
      'class A : public IOService',
      'struct Between { int a; };',
      'class B : public A',
      '// tail\n#endif',
    ];
    const places = landmarks.map((landmark) => header.indexOf(landmark));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('decides by its conditions which members there are', () => {
    const text = driver('#if DEBUG && __IIG\nvoid Dump() LOCALONLY;\n#else\nvoid Count() LOCALONLY;\n#endif');
    const header = (definitions: Map<string, string>): string => {
      const compiled = compileText(text, {}, definitions);
      return compiled.ok ? flat(compiled.header) : '';
    };
    expect(header(new Map([['DEBUG', '1']]))).toContain('void Dump();');
    expect(header(new Map())).toContain('void Count();');
  });

  it.each([
    ['1', true],
    ['0', false],
    ['defined(__IIG)', true],
    ['!defined NOPE', true],
    ['NOPE', false],
    ['LEVEL > 2 && LEVEL < 4', true],
    ['(LEVEL & 1) == 1 ? 0 : 1', false],
    ['-1 < 0', true],
    ["0x10 == 16 && 010 == 8 && 1'000 == 1000", true],
    ['__has_feature(blocks)', false],
    ['LEVEL == 3 || 1 / 0', true],
    ['1 + 2 * 3 == 7', true],
  ])('reads the condition %s', (condition, holds) => {
    const header = headerOf(`#define LEVEL 3\n${driver(`#if ${condition}\nvoid Yes() LOCALONLY;\n#endif`)}`);
    expect(header.includes('void Yes();')).toBe(holds);
  });

  it('takes the first branch that holds, and no other', () => {
    const branches =
      '#if 0\nvoid A() LOCALONLY;\n#elif 1\nvoid B() LOCALONLY;\n#elif 1\nvoid C() LOCALONLY;\n#else\nvoid D() LOCALONLY;\n#endif';
    const inDeadBranch = `#ifdef NOPE\n${branches}\n#endif`;
    expect(headerOf(driver(branches)).match(/void [A-D]\(\)/g)).toEqual(['void B()']);
    expect(headerOf(driver(inDeadBranch)).match(/void [A-D]\(\)/g)).toBeNull();
  });

  it('gives its macros to the classes, also those of included headers', () => {
    const files = {
      'room.h': '#define ROOM 16\n#define BYTES(n) const uint8_t bytes[n]\n#define OURS(name) kern_return_t name',
    };
    const header = headerOf(`#include "room.h"\n${driver('OURS(Go)(BYTES(ROOM));')}`, files);
    expect(header).toContain('uint8_t bytes[16];');
  });

  it('gives its types to the parameters: what an array, a block or a class is', () => {
    const files = {
      'types.h':
        'typedef char Name[8];\ntypedef Name Alias;\ntypedef void (^Block)(void);\nclass Special;\nclass Mine : public OSContainer { public: int a; };',
    };
    const text = (parameter: string): string => `#include "types.h"\n${driver(`kern_return_t Go(${parameter});`)}`;
    expect(headerOf(text('const Alias a'), files)).toContain('char a[8];');
    expect(headerOf(text('Special * a'), files)).toContain('OSObjectRef a;');
    expect(headerOf(text('Mine ** a'), files)).toContain('OSObjectRef a;');
    expect(mistakesIn(text('Block a'), files)).toHaveLength(1);
  });

  it('names in comments what only the code includes', () => {
    const text = `/* Docs.\n@iig implementation\n#include <DriverKit/OSData.h>\n@iig end\n*/\n${driver('')}`;
    expect(compileWhole(text).implementation).toContain('\n#include <DriverKit/OSData.h>\n');
  });
});
