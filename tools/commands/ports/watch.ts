import type { Surroundings } from '../../adapters/surroundings.ts';
import { EXIT } from '../../model/user-error.ts';
import { type Picture, watch as watchPorts } from '../../plans/ports/watch.ts';
import { Live } from '../../report/live.ts';
import { portsJson } from '../../report/ports/json-report.ts';
import { portTable } from '../../report/ports/table.ts';
import { type Connect, connected } from './options.ts';

/** `tools/ports --watch`: the table, live; with `--json` one document a line. */
export const watch = (json: boolean, connect: Connect): Promise<number> =>
  connected(connect, async (surroundings) => {
    const stopping = surroundings.terminal.untilStopped();
    try {
      await watchPorts(surroundings, stopping.signal, json ? jsonLines(surroundings) : pictures(surroundings));
    } finally {
      stopping.release();
    }
    return EXIT.fine;
  });

const jsonLines =
  ({ system }: Surroundings) =>
  ({ views, time, news }: Picture) => {
    system.out(JSON.stringify({ ...portsJson(views, time), news }));
  };

const MOST_NEWS = 5;

function pictures({ terminal }: Surroundings) {
  const live = new Live(terminal.write, terminal.interactive);
  const recent: string[] = [];
  return ({ views, time, news }: Picture) => {
    recent.push(...news);
    recent.splice(0, recent.length - MOST_NEWS);
    const width = terminal.width();
    const table = views.length > 0 ? portTable(views, width, terminal.colour) : ['No adapter is plugged in.'];
    const foot = terminal.interactive ? ['q or Ctrl-C ends it.'] : [];
    live.draw([time.toLocaleTimeString('sv'), ...table, '', ...recent, ...foot], width);
  };
}
