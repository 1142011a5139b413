import { KITS } from '../model/host/kits.ts';
import type { ReadSource } from './load.ts';
import type { Names } from './model.ts';
import type { ResolvedClass } from './resolve.ts';
import { callbacks } from './shapes.ts';

/**
 * Headers that the code of `classes` needs beyond their own: of classes that are only declared (`class OSData;`) but cross in a
 * message, which takes a cast to them. They are looked for under Apple's names, <Kit>/<Class>.
 */
export function headersOf(
  classes: readonly ResolvedClass[],
  names: Names,
  { read, folders }: { readonly read: ReadSource; readonly folders: readonly string[] },
): readonly string[] {
  const needed = new Set<string>();
  for (const resolved of classes) {
    if (callbacks(resolved).length > 0) needed.add('OSAction').add('OSString');
    for (const { parameters } of resolved.dispatched)
      for (const { travel } of parameters)
        if (travel.as === 'object' || travel.as === 'object out' || travel.as === 'objects') needed.add(travel.type);
  }
  return [...needed].filter((name) => !names.classes.has(name)).flatMap((name) => headerOf(name, read, folders) ?? []);
}

function headerOf(className: string, read: ReadSource, folders: readonly string[]): string | undefined {
  for (const kit of KITS)
    for (const folder of folders)
      for (const extension of ['iig', 'h'])
        if (read(`${folder}/${kit}/${className}.${extension}`) !== undefined) return `${kit}/${className}.h`;
  return undefined;
}
