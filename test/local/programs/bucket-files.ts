import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The names of all files below a room's `objects` folder. */
export function filesOf(folder: string): string[] {
  return readdirSync(join(folder, 'objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}
