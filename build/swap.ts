import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Manifest, packed } from './manifest.ts';

const HERE = 'package.json';
/** Where the checkout's own waits while the other is packed. */
const ASIDE = 'package.source.json';

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(HERE, 'utf8')) as Manifest;
}

/** Puts the manifest that is packed in the place of the checkout's, until `restore`. */
export function swap(manifest: object): void {
  renameSync(HERE, ASIDE);
  writeFileSync(HERE, written(manifest));
}

/**
 * Puts the checkout's manifest back, if it was swapped.
 *
 * @throws Error where someone has changed the one that lies there: one of the two must be chosen by a person.
 */
export function restore(): void {
  if (!existsSync(ASIDE)) return;
  const source = JSON.parse(readFileSync(ASIDE, 'utf8')) as Manifest;
  if (existsSync(HERE) && readFileSync(HERE, 'utf8') !== written(packed(source)))
    throw new Error(
      `${HERE} was changed while it was packed; bring what you need of it into ${ASIDE} and move that back`,
    );
  renameSync(ASIDE, HERE);
}

function written(manifest: object): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
