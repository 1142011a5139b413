import { dirname, extname, resolve } from 'node:path';
import { rasterise } from '../../adapters/rasterise.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { look, requireAdapters } from '../../plans/ports/look.ts';
import { sample } from '../../plans/ports/sample.ts';
import { plotSvg } from '../../report/ports/plot.ts';
import { type Connect, connected } from './options.ts';

/** `tools/ports --plot FILE`: rates and drops over so many seconds as a picture; Ctrl-C ends it earlier, with what there is. */
export function plot(file: string, seconds: number, connect: Connect): Promise<number> {
  const form = extname(file).toLowerCase();
  if (form !== '.svg' && form !== '.png')
    throw new UserError(`${file}: neither .svg nor .png`, 'The name says which of the two is drawn.', EXIT.unusable);
  return connected(connect, async (surroundings) => {
    const { system, terminal } = surroundings;
    const path = resolve(system.workingDirectory, file);
    if (!(await system.files.facts(dirname(path))))
      throw new UserError(`${file}: there is no folder ${dirname(path)}`, 'Make it, or choose another.');
    requireAdapters(await look(surroundings), system.platform);
    system.err(`Watching for ${seconds} s; Ctrl-C ends it.`);
    const stop = new AbortController();
    const stopping = terminal.untilStopped();
    stopping.signal.addEventListener('abort', () => stop.abort());
    try {
      const series = await sample(surroundings, seconds, stop);
      const svg = plotSvg(series, `Multiport, ${system.now().toISOString().slice(0, 19).replace('T', ' ')} UTC`);
      await system.files.write(path, form === '.png' ? await rasterise(svg) : svg);
    } finally {
      stopping.release();
    }
    system.err(`Wrote ${file}`);
    return EXIT.fine;
  });
}
