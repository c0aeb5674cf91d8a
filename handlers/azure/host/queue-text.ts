import type { QueueSettings } from './settings.ts';

/** The text of a message as the queue keeps it. Bytes without Base64 are read as UTF-8. */
export function encodeMessage(content: string | Buffer, { messageEncoding }: QueueSettings): string {
  const bytes = Buffer.from(content);
  return messageEncoding === 'base64' ? bytes.toString('base64') : bytes.toString('utf8');
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a message; `undefined` where it is not encoded as host.json says. */
export function decodeMessage(text: string, { messageEncoding }: QueueSettings): Buffer | undefined {
  if (messageEncoding === 'none') return Buffer.from(text);
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}
