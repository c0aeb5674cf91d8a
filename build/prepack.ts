import { emit } from './emit.ts';
import { entries, OUT, packed } from './manifest.ts';
import { readManifest, restore, swap } from './swap.ts';

// What an earlier pack that was cut off may have left.
restore();
const manifest = readManifest();
emit(process.cwd(), entries(manifest), `${process.cwd()}/${OUT}`);
swap(packed(manifest));
