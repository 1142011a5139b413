import { UserError } from '../model/user-error.ts';

/** An SVG in, the same picture as PNG out, twice as large. Texts are drawn with the fonts of this machine. */
export async function rasterise(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js').catch(() => {
    throw new UserError(
      'PNG cannot be drawn here: @resvg/resvg-js has no program for this machine',
      'Use a name that ends in .svg.',
    );
  });
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: true } }).render().asPng();
}
