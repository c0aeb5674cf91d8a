import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../../../core/setup-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads `host.json` and the values of `local.settings.json` of an app's folder; the second need not be there. */
export function readAppFiles(folder: string): { readonly host: JsonObject; readonly values: Record<string, string> } {
  const host = readJson(folder, 'host.json');
  if (host === undefined)
    throw new SetupError(`folder: ${folder} has no host.json; give the root of a Functions app, as func would take it`);
  if (host.version !== '2.0')
    throw new SetupError(`host.json: "version" must be "2.0", not ${JSON.stringify(host.version)}`);
  return { host, values: localValues(readJson(folder, 'local.settings.json') ?? {}) };
}

function localValues({ IsEncrypted: encrypted, Values: given = {} }: JsonObject): Record<string, string> {
  if (encrypted === true)
    throw new SetupError('local.settings.json: is encrypted, which only func on that machine can read');
  if (!isObject(given)) throw new SetupError('local.settings.json: "Values" must be an object');
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== null && typeof value === 'object')
      throw new SetupError(`local.settings.json: ${JSON.stringify(name)} must be a string, as every app setting is`);
    values[name] = String(value);
  }
  return values;
}

function readJson(folder: string, name: string): JsonObject | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    // The host reads comments over, so that files that it takes are taken here.
    const value: unknown = JSON.parse(withoutComments(readFileSync(path, 'utf8').replace(/^\ufeff/, '')));
    if (isObject(value)) return value;
  } catch (error) {
    throw new SetupError(`${name}: is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new SetupError(`${name}: must be an object`);
}

function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('"') ? found : ' ',
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
