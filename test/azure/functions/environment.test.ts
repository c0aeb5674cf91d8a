import fc from 'fast-check';
import { expect, test } from 'vitest';
import { physicalName, poisonName, setting } from '../../../handlers/azure/functions/environment.ts';

const letters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
const inner = fc.array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-'), { maxLength: 61 });
/** Whatever may be declared. */
const declared = fc.tuple(letters, inner).map(([first, rest]) => `${first}${rest.join('')}`.replace(/-+$/, ''));

test('any declared name has one that Azure takes, and others have others', () => {
  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage
  const hyphened = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
  fc.assert(
    fc.property(declared, declared, (name, other) => {
      for (const kind of ['bucket', 'queue'] as const) {
        expect(physicalName({ kind, name })).toMatch(hyphened);
        if (name !== other) expect(physicalName({ kind, name })).not.toBe(physicalName({ kind, name: other }));
      }
      expect(poisonName(name)).toMatch(hyphened);
      expect(physicalName({ kind: 'table', name })).toMatch(/^[a-z][a-z0-9]{2,62}$/);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['bucket', 'corpus', 'corpus'],
  ['bucket', 'a', /^a-[0-9a-f]{8}$/],
  ['bucket', 'a--b', /^a-b-[0-9a-f]{8}$/],
  ['queue', 'q'.repeat(60), /^q{47}-[0-9a-f]{8}$/],
  ['table', 'poll-votes', 'pollvotes'],
  ['table', 'ab', /^ab[0-9a-f]{8}$/],
] as const)('%s %s', (kind, name, expected) => {
  const physical = physicalName({ kind, name });
  if (typeof expected === 'string') expect(physical).toBe(expected);
  else expect(physical).toMatch(expected);
});

test('a reference that was not resolved says nothing: anybody could guess it', () => {
  const env = { A: 'a', B: '', C: '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/skein-admin-key)' };
  expect(['A', 'B', 'C', 'D'].map((name) => setting(env, name))).toEqual(['a', undefined, undefined, undefined]);
});
