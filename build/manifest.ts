/** The folder of the built files, in the checkout while it is packed and in the package. */
export const OUT = 'dist';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** What only a checkout has a use for. */
const CHECKOUT_ONLY = ['private', 'scripts', 'devDependencies', 'allowScripts', 'skein'];

/** The `package.json` that is packed: what is a source in the checkout's is the built file in it. */
export function packed(source: Manifest): object {
  return {
    ...Object.fromEntries(Object.entries(source).filter(([field]) => !CHECKOUT_ONLY.includes(field))),
    exports: {
      ...mapped(source.exports, (file) => ({ types: built(file, '.d.ts'), default: built(file, '.js') })),
      './package.json': './package.json',
    },
    bin: mapped(source.bin, (file) => built(file, '.js')),
  };
}

/** The sources that users name, all that they import follows. */
export function entries({ exports, bin }: Manifest): string[] {
  return [...Object.values(exports), ...Object.values(bin)];
}

function mapped<T>(from: Readonly<Record<string, string>>, change: (value: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));
}

function built(file: string, extension: string): string {
  const name = /^\.\/(.+)\.ts$/.exec(file)?.[1];
  if (name === undefined) throw new TypeError(`package.json: '${file}' must be a path like ./folder/file.ts`);
  return `./${OUT}/${name}${extension}`;
}
