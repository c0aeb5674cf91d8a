#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Most of a short command's time would go into compiling what it compiled the last time; a place that others write to is no place for code.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/skein'));
// Before anything of the app, so that its module may import .tsx.
await import('../handlers/local/tsx.ts');
const { main } = await import('./main.ts');

// A reader that has seen enough (`skein runs | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70));

const code = await main(process.argv.slice(2), process.env);
await new Promise((written) => process.stdout.write('', written));
// Code of a step that ignored its signal must not keep the process.
process.exit(code);
