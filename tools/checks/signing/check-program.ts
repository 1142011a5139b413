// check-program.ts — what a program was built for: platform, processors, oldest system.

import type { Trouble } from '../../model/finding.ts';
import { PLATFORM } from '../../model/signing/mach-o.ts';
import { stringAt } from '../../model/signing/plist.ts';
import { isAtLeast, macosOfDriverKit } from '../../model/signing/system-version.ts';
import type { Target } from './options.ts';
import { trouble } from './report-trouble.ts';
import type { Subject } from './subject.ts';

/** Everything about the build of one program. */
export function checkProgram(subject: Subject, target: Target | undefined): readonly Trouble[] {
  const dext = subject.kind === 'dext';
  return [
    ...checkStrayBytes(subject),
    ...(dext ? checkPlatform(subject) : []),
    ...checkArchitectures(subject, target),
    ...checkMinimum(subject, target),
  ];
}

/** What is unsigned altogether has no signature that could leave something out. */
function checkStrayBytes({ program }: Subject): readonly Trouble[] {
  if (program.stray === undefined || program.slices.every(({ signed }) => !signed)) return [];
  return [
    trouble('F42', 'program-stray', {
      subject: program.path,
      seen: `at ${program.stray} (0x${program.stray.toString(16)}) lies something between or behind the slices, where no signature reaches`,
      consequence: 'codesign --verify --strict: main executable failed strict validation (-67010)',
      fix: 'Build the program again; nothing may be written into it or behind it once it is signed.',
    }),
  ];
}

function checkPlatform({ program }: Subject): readonly Trouble[] {
  const wrong = program.slices.filter(({ slice }) => slice.platform !== PLATFORM.driverkit);
  if (wrong.length === 0) return [];
  const seen = wrong.map(
    ({ slice }) =>
      `${slice.architecture}: ${slice.platform === undefined ? 'no LC_BUILD_VERSION' : `platform ${slice.platform}`}`,
  );
  return [
    trouble('F53', 'program-platform', {
      subject: program.path,
      seen: `${seen.join(', ')}; DriverKit is platform 10`,
      related: ['F51'],
    }),
  ];
}

/** An arm64 program need not be arm64e. Without a target an arm64 slice is expected, as Rosetta does not run drivers. */
function checkArchitectures({ kind, program }: Subject, target: Target | undefined): readonly Trouble[] {
  const wanted = target?.architecture ?? 'arm64';
  const has = program.slices.map(({ slice }) => slice.architecture);
  if ((kind !== 'dext' && !target?.architecture) || has.some((architecture) => architecture.startsWith(wanted)))
    return [];
  return [
    trouble('F52', 'program-architecture', {
      level: target?.architecture ? 'fail' : 'warn',
      subject: program.path,
      seen: `slices for ${has.join(', ')}, none for ${wanted}`,
    }),
  ];
}

function checkMinimum({ kind, program, info, infoPath }: Subject, target: Target | undefined): readonly Trouble[] {
  const macos = target?.macos;
  if (macos === undefined) return [];
  const minima = program.slices.flatMap(({ slice }) => {
    if (slice.minimum === undefined) return [];
    const needed = slice.platform === PLATFORM.driverkit ? macosOfDriverKit(slice.minimum) : slice.minimum;
    return [
      {
        needed,
        subject: program.path,
        seen: `${slice.architecture} needs ${slice.platform === PLATFORM.driverkit ? 'DriverKit' : 'macOS'} ${slice.minimum}`,
      },
    ];
  });
  const key = kind === 'dext' ? 'OSMinimumDriverKitVersion' : 'LSMinimumSystemVersion';
  const stated = stringAt(info, key);
  if (stated !== undefined) {
    minima.push({
      needed: kind === 'dext' ? macosOfDriverKit(stated) : stated,
      subject: infoPath,
      seen: `${key} is ${stated}`,
    });
  }
  const above = minima.find(({ needed }) => !isAtLeast(macos, needed));
  if (!above) return [];
  return [
    trouble('F54', 'program-minimum', {
      subject: above.subject,
      seen: `${above.seen}, which is macOS ${above.needed}; the target is macOS ${macos}`,
    }),
  ];
}
