import { rmSync } from 'node:fs';
import { OUT } from './manifest.ts';
import { restore } from './swap.ts';

restore();
rmSync(OUT, { recursive: true, force: true });
