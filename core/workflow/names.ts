/** Ids and events are parts of keys and URLs. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$/;
/** A step's name is only looked up, and other tools' definitions have dots and blanks in theirs. */
const STEP = /^[A-Za-z0-9_][A-Za-z0-9_. -]{0,79}$/;
/** What the path syntax of every engine carries: quotes and carets are where JSONPath implementations part ways. */
const READABLE = /^[\p{L}\p{N}_ ./:@#-]{1,200}$/u;
const RESERVED = new Set(['in', '__proto__']);

export function plainName(name: unknown): name is string {
  return typeof name === 'string' && PLAIN.test(name) && !RESERVED.has(name);
}

export function stepName(name: unknown): name is string {
  return typeof name === 'string' && STEP.test(name) && !RESERVED.has(name);
}

/** Whether a property of this name can be read on every engine. */
export function readableKey(key: string): boolean {
  return READABLE.test(key) && key !== '__proto__';
}

/** Whether an object may have this key on every engine. */
export function carriableKey(key: string): boolean {
  return !key.includes('.$');
}

/** Whether a workflow may raise or catch an error of this name; `States.*` belongs to Amazon States Language. */
export function errorName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.length <= 200 && !name.startsWith('States.');
}
