import type { Context } from 'hono';

/** 128 random bits as 22 characters. */
const RANDOM = /^[\w-]{22}$/;

export const randomId = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(16)));

export function isRandomId(text: string | undefined): text is string {
  return text !== undefined && RANDOM.test(text);
}

/** What is kept of an owner's token. */
export async function hashOf(token: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))));
}

/** The owner's token that a program sends. */
export function bearerOf(c: Context): string | undefined {
  return /^Bearer ([\w-]{22})$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
