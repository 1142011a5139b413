// launch.mjs — the name of a command in, the running command out.
//
// Commands are TypeScript. The first start after a change bundles a command with esbuild into build/tools (0.1 s); later
// starts load the bundle as it is, so that a tool starts as fast as Node does.

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const TOOLS = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(dirname(TOOLS), 'package.json');
const OUTPUT = join(dirname(TOOLS), 'build', 'tools');

/** Newest change below `folder`, in milliseconds since 1970. Folders count too: a file that went away changes its folder. */
function newestChange(folder) {
  let newest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs);
  }
  return newest;
}

async function bundle(name, output) {
  const { build } = await import('esbuild');
  const exported = name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const draft = `${output}.${randomUUID()}`;
  mkdirSync(OUTPUT, { recursive: true });
  await build({
    stdin: {
      contents: `import { ${exported} } from './commands/${name}.ts';
        import { runCommand } from './report/run-command.ts';
        import { version } from '../package.json';
        await runCommand(${exported}, version);`,
      resolveDir: TOOLS,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    outfile: draft,
    logLevel: 'error',
  });
  renameSync(draft, output); // several starts at once: each sees a whole bundle
}

/** Runs the command `tools/commands/<name>.ts`, bundling it first when a source is newer than its bundle. */
export async function launch(name) {
  const output = join(OUTPUT, `${name}.mjs`);
  const newest = Math.max(newestChange(TOOLS), statSync(PACKAGE).mtimeMs);
  if (!existsSync(output) || statSync(output).mtimeMs < newest) await bundle(name, output);
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(output).href);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name] = process.argv.splice(2, 1);
  if (!name || !existsSync(join(TOOLS, 'commands', `${name}.ts`))) {
    console.error(`launch: no command named ${name ?? '(nothing)'}`);
    process.exit(2);
  }
  await launch(name);
}
