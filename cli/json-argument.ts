import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Json } from '../core/index.ts';
import { UsageError } from './usage-error.ts';

/**
 * The value of an option that takes JSON: the text itself, `@file`, or `-` for standard input.
 *
 * @throws UsageError naming the option.
 */
export async function jsonArgument(option: string, given: string): Promise<Json> {
  const source = await read(option, given);
  try {
    return JSON.parse(source) as Json;
  } catch (error) {
    const where = given === '-' ? 'standard input' : given.startsWith('@') ? given.slice(1) : 'it';
    throw new UsageError(`${option}: ${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function read(option: string, given: string): Promise<string> {
  if (given === '-') return text(process.stdin);
  if (!given.startsWith('@')) return given;
  try {
    return readFileSync(given.slice(1), 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
}
