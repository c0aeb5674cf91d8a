import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SecretReader } from '../../core/resources/secret.ts';

export interface SecretStore {
  /** As an app's function gets it. */
  secret(name: string): SecretReader;
  close(): void | Promise<void>;
}

export interface SecretRoom {
  readonly name: string;
  /** As whoever runs the room sets one. */
  set(name: string, value: string): void | Promise<void>;
  remove(name: string): void | Promise<void>;
  /** The room, started anew: it may keep what it has read for some minutes. */
  open(): SecretStore | Promise<SecretStore>;
}

/** What some store, shell or parser would change on the way. */
const VALUES = [
  ...['a', 'correct horse battery staple', '  spaces  ', '\ttabs\t', '0', '1e3', 'true', 'null', '{"a": 1}', '""'],
  ...["it's", '$HOME `id` $(id)', '%41', 'žluťoučký 🐎', 'a\nb', '\n\nlines\n\n', '#no comment', 'a=b', '\\n', '-'],
  `-----BEGIN KEY-----\n${'QUJD'.repeat(400)}\n-----END KEY-----\n`,
  'x'.repeat(25_000),
];

/** The laws of secrets, one test each. Every room calls this with its own ways to set and to read them. */
export function secretSuite({ name, set, remove, open }: SecretRoom): void {
  const fresh = (): string => `law-${randomUUID()}`;
  const using = async (work: (store: SecretStore) => Promise<void>): Promise<void> => {
    const store = await open();
    try {
      await work(store);
    } finally {
      await store.close();
    }
  };

  describe(`secret: ${name}`, () => {
    test.each(
      VALUES.map((value) => [JSON.stringify(value).slice(0, 40), value]),
    )('comes back: %s', async (_, value) => {
      const one = fresh();
      await set(one, value);
      await using(async (store) => expect(await store.secret(one).get()).toBe(value));
      await remove(one);
    });

    test('is what was set last', async () => {
      const one = fresh();
      for (const value of ['first', 'second']) {
        await set(one, value);
        await using(async (store) => expect(await store.secret(one).get()).toBe(value));
      }
      await remove(one);
    });

    test('is not another one', async () => {
      const [one, two] = [fresh(), fresh()];
      await set(one, 'first');
      await set(two, 'second');
      await using(async (store) => {
        expect(await Promise.all([store.secret(one).get(), store.secret(two).get()])).toEqual(['first', 'second']);
      });
      for (const name of [one, two]) await remove(name);
    });

    test('that is not set, or no more, is SecretNotSet and named', async () => {
      const one = fresh();
      const notSet = { name: 'SecretNotSet', message: expect.stringContaining(one) };
      await using((store) => expect(store.secret(one).get()).rejects.toMatchObject(notSet));
      await set(one, 'a value');
      await remove(one);
      await using((store) => expect(store.secret(one).get()).rejects.toMatchObject(notSet));
    });

    test('that cannot be one is refused, and its value is not told', async () => {
      const refuse = async (value: string): Promise<unknown> => {
        try {
          await set(fresh(), value);
        } catch (error) {
          return error;
        }
        throw new Error(`${value.length} characters were taken`);
      };
      for (const value of ['', 'y'.repeat(25_001), 'hidden\ud800', 'hidden\0'])
        expect(String(await refuse(value))).not.toMatch(/hidden|yyyy/);
    });
  });
}
