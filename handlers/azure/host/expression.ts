import { randomUUID } from 'node:crypto';
import { Failure } from '../../../core/error.ts';

/** What a binding's expressions can name: https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns */
export type BindingData = Readonly<Record<string, unknown>>;

/** Puts app settings in place of `%name%`. @throws Failure `UnknownSetting` */
export function withSettings(text: string, app: Readonly<Record<string, string>>, where: string): string {
  return text.replace(/%([^%{}]+)%/g, (_, name: string) => {
    const value = app[name];
    if (value !== undefined) return value;
    throw new Failure({ name: 'UnknownSetting', message: `${where}: no app setting is named ${JSON.stringify(name)}` });
  });
}

/** Puts data in place of `{name}`, `{name.field}`, `{rand-guid}` and `{DateTime}`. @throws Failure `UnknownName` */
export function withData(text: string, data: BindingData, now: Date, where: string): string {
  return text.replace(/\{([^{}]+)\}/g, (_, inner: string) => {
    const value = builtIn(inner, now) ?? look(data, inner.split('.'));
    if (value !== undefined && value !== null) return typeof value === 'object' ? JSON.stringify(value) : String(value);
    throw new Failure({
      name: 'UnknownName',
      message: `${where}: there is nothing for {${inner}} in ${JSON.stringify(text)}`,
    });
  });
}

const GUID_FORMATS: Readonly<Record<string, (id: string) => string>> = {
  n: (id) => id.replaceAll('-', ''),
  d: (id) => id,
  b: (id) => `{${id}}`,
  p: (id) => `(${id})`,
};

function builtIn(inner: string, now: Date): string | undefined {
  const [, name = '', format] = /^([^:]+)(?::(.*))?$/.exec(inner) ?? [];
  const low = name.toLowerCase();
  if (low === 'rand-guid' || low === 'sys.randguid')
    return (GUID_FORMATS[(format ?? 'd').toLowerCase()] ?? GUID_FORMATS.d)?.(randomUUID());
  if (low === 'datetime' || low === 'sys.utcnow')
    return format === undefined ? now.toISOString().replace(/\.\d+Z$/, 'Z') : dated(format, now);
  return undefined;
}

/** The parts of a .NET format that paths are made of. */
function dated(format: string, now: Date): string {
  const iso = now.toISOString();
  const parts: Readonly<Record<string, string>> = {
    yyyy: iso.slice(0, 4),
    yy: iso.slice(2, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
    fff: iso.slice(20, 23),
  };
  return format.replace(/yyyy|yy|MM|dd|HH|mm|ss|fff/g, (part) => parts[part] ?? part);
}

function look(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (value === null || typeof value !== 'object') return undefined;
  const key = Object.keys(value).findLast((one) => one.toLowerCase() === step.toLowerCase());
  return key === undefined ? undefined : look((value as Record<string, unknown>)[key], rest);
}

/** Data that a JSON object brings with it; none, where the text is anything else. */
export function dataOfText(text: string): BindingData {
  if (!text.trimStart().startsWith('{')) return {};
  try {
    return JSON.parse(text) as BindingData;
  } catch {
    return {};
  }
}
