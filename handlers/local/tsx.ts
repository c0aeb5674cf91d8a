import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../../core/setup-error.ts';

/**
 * Lets this thread import `.tsx` files: Node strips types by itself, but has no word for JSX, so esbuild turns that into calls
 * of Hono's JSX as each file is loaded.
 */
registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !/\.[jt]sx$/.test(new URL(url).pathname)) return nextLoad(url, context);
    const file = fileURLToPath(url);
    const { code } = esbuildFor(file).transformSync(readFileSync(file, 'utf8'), {
      loader: 'tsx',
      format: 'esm',
      jsx: 'automatic',
      jsxImportSource: 'hono/jsx',
      sourcefile: file,
      sourcemap: 'inline',
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

/** @throws SetupError where it is not installed: only who writes JSX needs it. */
function esbuildFor(file: string): typeof import('esbuild') {
  try {
    return createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new SetupError(`${file} needs esbuild to be loaded: npm install esbuild hono`);
  }
}
