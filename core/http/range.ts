import { Failure } from '../error.ts';

/**
 * The one range of a `Range` header as offsets, `to` exclusive; `undefined` where the whole is wanted.
 *
 * Several ranges, other units and nonsense mean the whole, as RFC 9110 §14.2 allows.
 *
 * @throws `RangeNotSatisfiable` where the range begins at or after the end.
 */
export function byteRange(header: string | undefined, size: number): { from: number; to: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (from >= size || to <= from)
    throw new Failure({
      name: 'RangeNotSatisfiable',
      message: `Range: the object has ${size} bytes`,
      data: { field: 'Range' },
    });
  return { from, to };
}
