import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The little of @resvg/resvg-js that is used here: it is not installed where types are checked. */
interface Resvg {
  readonly Resvg: new (
    svg: string,
    options: {
      fitTo: { mode: 'zoom'; value: number };
      font: { fontFiles: string[]; loadSystemFonts: boolean; defaultFontFamily: string };
    },
  ) => { render(): { asPng(): Uint8Array } };
}

const FONTS = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'];

/** The picture at twice its size, in a font that comes with the lab: the same bytes on each machine. */
export function toPng(svg: string): Uint8Array {
  const require = createRequire(import.meta.url);
  const { Resvg } = require('@resvg/resvg-js') as Resvg;
  const folder = join(import.meta.dirname, '../../node_modules/@expo-google-fonts/inter');
  const font = {
    fontFiles: FONTS.map((file) => join(folder, file)),
    loadSystemFonts: false,
    defaultFontFamily: 'Inter',
  };
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font }).render().asPng();
}
