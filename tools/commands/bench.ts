import { join } from 'node:path';
import { runInForeground } from '../adapters/foreground.ts';
import { buildNative } from '../adapters/host/build.ts';
import { PROJECT_ROOT } from '../adapters/project.ts';
import { type Measure, outcomeOf } from '../model/bench/measure.ts';
import { EXIT } from '../model/user-error.ts';
import { framing, memoryOfPorts, portLoop } from '../plans/bench/other-benches.ts';
import { PathBenches } from '../plans/bench/path-benches.ts';
import { measuresJson, measureTable } from '../report/bench/measure-table.ts';
import { readArguments } from './arguments/read-arguments.ts';
import { theOne } from './arguments/subcommands.ts';
import { probe, provision } from './bench/tools.ts';

type Bench = () => Promise<Measure[]>;

/** By name, in the order they run in. */
const BENCHES: Readonly<Record<string, { readonly summary: string; readonly run: Bench }>> = {
  path: { summary: 'TCP through one port, both ways, against a bare forwarder', run: onPath((it) => it.path()) },
  ecm: { summary: 'TCP through one port of ECM, both ways, against a bare forwarder', run: onPath((it) => it.ecm()) },
  four: { summary: 'TCP through four ports at once, and their shares', run: onPath((it) => it.four()) },
  udp: { summary: 'UDP as fast as it goes', run: onPath((it) => it.udp()) },
  latency: { summary: 'the round trip of a ping', run: onPath((it) => it.latency()) },
  frame: { summary: 'processor time, transfers and signals a frame', run: onPath((it) => it.frame()) },
  'port-loop': { summary: 'the edge of the host without a driver', run: portLoop },
  framing: { summary: 'encoding and decoding blocks against memcpy', run: framing },
  memory: { summary: 'memory of a port and of the host', run: memoryOfPorts },
  probe: { summary: 'how long tools/probe takes', run: probe },
  provision: { summary: 'how long tools/provision verify takes', run: provision },
};

const HELP = `Usage: npm run bench [-- NAME…] [-- --json]

Measures ratios: everything against something else in the same run. Exit status 1 when a limit is missed.

${Object.entries(BENCHES)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

Without a name all of them run, about five minutes. An ordinary user's run happens in a user namespace; where the machine
allows none: sudo npm run bench.

  --json   a document as in tools/report/schemas/bench.json`;

/** This very command as root of a user namespace. */
const asRoot = (args: readonly string[]): [string, ...string[]] => [
  'unshare',
  ...['--user', '--map-root-user', '--net', '--'],
  ...[process.execPath, join(PROJECT_ROOT, 'tools', 'launch.mjs'), 'bench', ...args],
];

/** `npm run bench`. */
export async function bench(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' } } as const;
  const places = Number.POSITIVE_INFINITY;
  const read = readArguments(args, { command: 'npm run bench --', usage: HELP, options, places });
  if (!read) return EXIT.fine;
  const { values, positionals } = read;
  const wanted = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  for (const name of wanted) theOne('npm run bench --', BENCHES, name);
  // An ordinary user is root in a user namespace of their own, which is all that network namespaces and TAPs take.
  if (process.getuid?.() !== 0) return runInForeground(asRoot(args));
  for (const target of ['host_and_driver', 'tap-forwarder', 'port-loop', 'framing_bench'])
    await buildNative('dev', { target });
  const measures: Measure[] = [];
  for (const name of wanted) {
    const measured = (await BENCHES[name]?.run()) ?? [];
    measures.push(...measured);
    for (const each of measured) console.error(`${name}: ${each.name}: ${each.value.toFixed(2)} ${each.unit}`);
  }
  console.log(values.json ? JSON.stringify(measuresJson(measures), null, 2) : measureTable(measures).join('\n'));
  return measures.some((measure) => outcomeOf(measure) === 'MISSED') ? EXIT.fixable : EXIT.fine;
}

function onPath(run: (benches: PathBenches) => Promise<Measure[]>): Bench {
  return async () => {
    const benches = await PathBenches.setUp();
    try {
      return await run(benches);
    } finally {
      await benches.takeDown();
    }
  };
}
