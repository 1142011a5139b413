import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';

/** What a folder of tools/ may import, beside its own files. `types`: only what the compiler takes away again. */
interface Rule {
  readonly values: readonly string[];
  readonly types: readonly string[];
  /** Whether it may open files, start programs and connect. */
  readonly touchesTheMachine: boolean;
}

const pure = (values: readonly string[], types: readonly string[] = []): Rule => ({
  values,
  types,
  touchesTheMachine: false,
});

const RULES: Readonly<Record<string, Rule>> = {
  model: pure([]),
  checks: pure(['model']),
  iig: pure(['model']),
  // What a plan found is what a report shows; a report never runs one.
  report: pure(['model', 'checks', 'generate'], ['plans', 'adapters']),
  adapters: { values: ['model'], types: [], touchesTheMachine: true },
  generate: { values: ['model'], types: [], touchesTheMachine: true },
  plans: { values: ['model', 'checks', 'adapters', 'generate', 'report'], types: [], touchesTheMachine: true },
  commands: {
    values: ['model', 'checks', 'adapters', 'generate', 'report', 'plans', 'iig'],
    types: [],
    touchesTheMachine: true,
  },
};

/** Node's own modules that only compute. */
const COMPUTES = new Set(['node:crypto', 'node:path', 'node:util', 'node:zlib']);
/** Packages that do more than compute. */
const TOUCHES = new Set(['execa', 'koffi', 'usb', 'esbuild']);

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const TOOLS = join(PROJECT_ROOT, 'tools');

const importsIn = (file: string, text: string): Import[] =>
  [...text.matchAll(/^(?:import|export)\b(?:\s+(type)\b)?(?:[^;]*?\bfrom)?\s*'([^']+)';/gm)].map(
    ([, type, specifier = '']) => ({ file, specifier, typeOnly: type !== undefined }),
  );

const importsOf = (folder: string): Import[] =>
  readdirSync(join(TOOLS, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => importsIn(`${folder}/${path}`, readFileSync(join(TOOLS, folder, path), 'utf8')));

function isAllowed(folder: string, { file, specifier, typeOnly }: Import): boolean {
  const rule = RULES[folder];
  if (!rule) return false;
  if (!specifier.startsWith('.'))
    return rule.touchesTheMachine || (isBuiltin(specifier) ? COMPUTES.has(specifier) : !TOUCHES.has(specifier));
  const [target = ''] = normalize(join(dirname(file), specifier)).split('/');
  return target === folder || rule.values.includes(target) || (typeOnly && rule.types.includes(target));
}

const offences = (folder: string, imports: readonly Import[]) =>
  imports.filter((each) => !isAllowed(folder, each)).map(({ file, specifier }) => `tools/${file} imports ${specifier}`);

/** Developers' own commands: they measure and torture, and take their material from the tests. */
const BESIDE_THE_RULES = [/^tools\/commands\/bench-provision\.ts imports .*\/test\/support\/signing\//];

describe('the arrows between the folders of the tools', () => {
  it('are of every folder there is', () => {
    const folders = readdirSync(TOOLS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(RULES).sort());
  });

  it.each(Object.keys(RULES))('%s imports only what may stand below it', (folder) => {
    const found = offences(folder, importsOf(folder));
    expect(found.filter((line) => !BESIDE_THE_RULES.some((rule) => rule.test(line)))).toEqual([]);
  });

  it('are looked at: commands alone have hundreds', () => {
    expect(importsOf('commands').length).toBeGreaterThan(300);
  });

  it.each([
    ['model', "import { check } from '../checks/signing/check.ts';"],
    ['model', "import type { System } from '../adapters/system.ts';"],
    ['model', "import { readFileSync } from 'node:fs';"],
    ['model', "import koffi from 'koffi';"],
    ['checks', "import { execa } from 'execa';"],
    ['checks', "import { formatTable } from '../report/table.ts';"],
    ['report', "import { look } from '../plans/ports/look.ts';"],
    ['report', "import { writeFileSync } from 'node:fs';"],
    ['adapters', "import type { AdapterView } from '../plans/ports/look.ts';"],
    ['adapters', "export { formatTable } from '../report/table.ts';"],
    ['plans', "import { probe } from '../commands/probe.ts';"],
    ['commands', "import { fakeApple } from '../../test/support/signing/fake-apple.ts';"],
    ['generate', "import {\n  a,\n  b,\n} from '../plans/start/bring-up.ts';"],
    ['iig', "import '../adapters/run.ts';"],
  ])('refuse %s %j', (folder, line) => {
    expect(offences(folder, importsIn(`${folder}/x.ts`, line))).toHaveLength(1);
  });

  it('let a report name the types of a plan', () => {
    const line = "import type { AdapterView } from '../plans/ports/look.ts';";
    expect(offences('report', importsIn('report/x.ts', line))).toEqual([]);
  });
});
