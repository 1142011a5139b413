import { EXIT } from '../../model/user-error.ts';
import { lookTwice } from '../../plans/ports/freshly-published.ts';
import { requireAdapters } from '../../plans/ports/look.ts';
import { portsJson } from '../../report/ports/json-report.ts';
import { portTable } from '../../report/ports/table.ts';
import { type Connect, connected } from './options.ts';

/** `tools/ports`: every port of every adapter, once. */
export const list = (json: boolean, connect: Connect): Promise<number> =>
  connected(connect, async (surroundings) => {
    const { system, terminal } = surroundings;
    const views = await lookTwice(surroundings);
    if (json) {
      system.out(JSON.stringify(portsJson(views, system.now()), null, 2));
      return EXIT.fine;
    }
    requireAdapters(views, system.platform);
    system.out(portTable(views, terminal.width(), terminal.colour).join('\n'));
    return EXIT.fine;
  });
