import { checkedNumber } from '../checked-number.ts';
import { Failure, invalidInput } from '../error.ts';
import { type Body, checkedContentType, type GetOptions, type PutOptions } from './bucket.ts';

/** @throws `InvalidInput` naming the field. */
export function checkedRange({ from = 0, to }: GetOptions): { readonly from: number; readonly to: number | undefined } {
  checkedNumber('from', from, 0, Number.MAX_SAFE_INTEGER);
  if (to === undefined) return { from, to };
  checkedNumber('to', to, 0, Number.MAX_SAFE_INTEGER);
  if (from > to) throw invalidInput(`to: must be at least from (${from}), not ${to}`, 'to');
  return { from, to };
}

/** @throws `InvalidInput` naming the field; `Unsupported` where there is a condition and `conditional` is false. */
export function checkPut(body: Body, options: PutOptions, conditional: boolean): void {
  const { contentType, ifMatch, ifNoneMatch } = options;
  const streamed = body instanceof ReadableStream;
  if (typeof body !== 'string' && !(body instanceof Uint8Array) && !streamed)
    throw invalidInput('body: must be a string, a Uint8Array or a ReadableStream', 'body');
  if (streamed && body.locked) throw invalidInput('body: the stream is being read by another', 'body');
  checkedContentType(contentType);
  if (ifMatch !== undefined && typeof ifMatch !== 'string') throw invalidInput('ifMatch: must be an etag', 'ifMatch');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw invalidInput("ifNoneMatch: must be '*'", 'ifNoneMatch');
  if (!conditional && (ifMatch ?? ifNoneMatch) !== undefined)
    throw new Failure({ name: 'Unsupported', message: 'ifMatch, ifNoneMatch: this store does not look at them' });
}
