import { describe, expect, it } from 'vitest';
import { parseRoute, segmentsOf } from '../../../handlers/azure/host/route.ts';

const match = (template: string, path: string) => parseRoute(template).match(segmentsOf(path) ?? []);

describe('route templates, as ASP.NET reads them', () => {
  it.each([
    ['a/{id:int}', '/a/5', { id: '5' }],
    ['a/{id:int}', '/a/x', undefined],
    ['a/{id:int}', '/a/99999999999', undefined],
    ['A/b', '/a/B', {}],
    ['a/b', '/a/b/', {}],
    ['a/b', '/a', undefined],
    ['x/{id?}', '/x', {}],
    ['x/{id?}', '/x/9', { id: '9' }],
    ['x/{id=7}', '/x', { id: '7' }],
    ['products/{category:alpha}/{id:int?}', '/products/tv', { category: 'tv' }],
    ['products/{category:alpha}/{id:int?}', '/products/tv/9', { category: 'tv', id: '9' }],
    ['{*rest}', '/a/b%2Fc/d', { rest: 'a/b%2Fc/d' }],
    ['f/{*rest}', '/f', {}],
    ['f/{**rest}', '/f/a/b', { rest: 'a/b' }],
    ['{ignored:maxlength(0)?}', '/', {}],
    ['{ignored:maxlength(0)?}', '/a', undefined],
    ['f/{name}.{ending?}', '/f/a.b.c', { name: 'a.b', ending: 'c' }],
    ['f/{name}.{ending?}', '/f/a', { name: 'a' }],
    ['{from}-{to}', '/1-2', { from: '1', to: '2' }],
    ['{code:regex(^\\d{{3}}$)}', '/123', { code: '123' }],
    ['{code:regex(^\\d{{3}}$)}', '/1234', undefined],
    ['{a:length(2,3):alpha}', '/abc', { a: 'abc' }],
    ['{a:length(2,3):alpha}', '/abcd', undefined],
    ['{n:range(1,10)}', '/10', { n: '10' }],
    ['{n:range(1,10)}', '/11', undefined],
    ['{n:min(3)}', '/x', undefined],
    ['{id:guid}', '/6f9619ff-8b86-d011-b42d-00c04fc964ff', { id: '6f9619ff-8b86-d011-b42d-00c04fc964ff' }],
    ['{id:guid}', '/6f9619ff', undefined],
    ['{b:bool}', '/TRUE', { b: 'TRUE' }],
    ['{d:datetime}', '/2026-01-02', { d: '2026-01-02' }],
    ['{d:datetime}', '/12', undefined],
    ['{x:double}', '/-1.5e3', { x: '-1.5e3' }],
    ['{x:decimal}', '/1e3', undefined],
    ['{name}', '/%C3%BC%20', { name: 'ü ' }],
  ])('%s %s', (template, path, params) => {
    expect(match(template, path)).toEqual(params);
  });

  it('asks literals first, constrained parameters next, and what takes anything last', () => {
    const templates = ['a/{*rest}', 'a/{x}', 'a/{x:int}', 'a/b', 'a/{*rest:alpha}', 'a/{x}.{y}'];
    const sorted = templates.map(parseRoute).sort((a, b) => a.precedence.localeCompare(b.precedence));
    const [first, ...others] = sorted.map(({ template }) => template);
    expect(first).toBe('a/b');
    expect(others.slice(0, 2).sort()).toEqual(['a/{x:int}', 'a/{x}.{y}']);
    expect(others.slice(2)).toEqual(['a/{x}', 'a/{*rest:alpha}', 'a/{*rest}']);
  });

  it('refuses what it cannot read, with the template', () => {
    expect(() => parseRoute('a/{x:even}')).toThrow('route: "a/{x:even}" has a constraint that is not known: "even"');
    expect(() => parseRoute('a/{x')).toThrow('route: "a/{x" has a { without its }');
    expect(segmentsOf('/%zz')).toBeUndefined();
  });
});
