import { expect, test } from 'vitest';
import { clientOf } from '../../../handlers/azure/http/client-of.ts';

const ID = 'AB12cd34-0000-4000-8000-000000000000';
const of = (headers: Readonly<Record<string, string>>, id?: string) => clientOf(new Headers(headers), id);

test.each([
  ['203.0.113.7:51234', '203.0.113.7'],
  ['203.0.113.7', '203.0.113.7'],
  ['[2001:db8::7]:51234', '2001:db8::7'],
  ['[2001:db8::7]', '2001:db8::7'],
  ['2001:db8::7', '2001:db8::7'],
  ['198.51.100.1, 198.51.100.2:80,203.0.113.7:51234', '203.0.113.7'],
  ['203.0.113.7:51234, unknown', undefined],
  ['203.0.113.7:51234,', undefined],
  ['a.example:80', undefined],
])('x-forwarded-for: %s', (value, expected) => {
  expect(of({ 'x-forwarded-for': value })).toBe(expected);
});

test('nobody says nothing', () => {
  expect(of({})).toBeUndefined();
});

const fronted = { 'x-forwarded-for': '203.0.113.7:1, 192.0.2.9:2', 'x-azure-socketip': '203.0.113.7' };

test('what Front Door says counts where it came through ours', () => {
  expect(of({ ...fronted, 'x-azure-fdid': ID.toLowerCase() }, ID)).toBe('203.0.113.7');
  expect(of({ ...fronted, 'x-azure-fdid': ID, 'x-azure-clientip': '198.51.100.1' }, ID)).toBe('203.0.113.7');
  expect(of({ ...fronted, 'x-azure-fdid': ID, 'x-azure-socketip': '2001:db8::7' }, ID)).toBe('2001:db8::7');
});

test.each([
  [{ 'x-azure-fdid': 'another' }, ID],
  [{}, ID],
  [{ 'x-azure-fdid': ID }, undefined],
  [{ 'x-azure-fdid': 'undefined' }, undefined],
] as [Record<string, string>, string | undefined][])('and not otherwise: %j', (headers, id) => {
  expect(of({ ...fronted, ...headers }, id)).toBe('192.0.2.9');
});
