import { SetupError } from '../../../core/setup-error.ts';
import type { HostFunction } from './functions.ts';
import { parseRoute, type Route } from './route.ts';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** A function and where it is served. */
export interface HttpFunction {
  readonly called: HostFunction;
  readonly route: Route;
  /** In upper case; none for any. */
  readonly methods: ReadonlySet<string>;
  readonly auth: AuthLevel;
}

export interface Found {
  readonly found: HttpFunction;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The HTTP functions in the order in which they are asked: literal segments before parameters, constrained ones before those that take
 * anything, `{*rest}` last; equals as the app registered them.
 */
export function httpFunctions(functions: readonly HostFunction[], routePrefix: string): readonly HttpFunction[] {
  return functions
    .filter(({ kind, disabled }) => kind === 'http' && !disabled)
    .map((called): HttpFunction => {
      const { route, methods, authLevel } = called.trigger.binding;
      const path = typeof route === 'string' && route !== '' ? route.replace(/^\/+/, '') : called.name;
      return {
        called,
        route: parseRoute([routePrefix, path].filter((part) => part !== '').join('/')),
        methods: new Set(Array.isArray(methods) ? methods.map((one) => String(one).toUpperCase()) : []),
        auth: authOf(authLevel, called.name),
      };
    })
    .sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : a.route.precedence > b.route.precedence ? 1 : 0));
}

/** The function for a request; a method that none takes is like a path that none has: 404, as in Azure. */
export function findHttp(
  functions: readonly HttpFunction[],
  method: string,
  path: readonly string[],
): Found | undefined {
  for (const found of functions) {
    if (found.methods.size > 0 && !found.methods.has(method)) continue;
    const params = found.route.match(path);
    if (params !== undefined) return { found, params };
  }
  return undefined;
}

function authOf(value: unknown, name: string): AuthLevel {
  const level = String(value ?? 'anonymous').toLowerCase();
  if (level === 'anonymous' || level === 'function' || level === 'admin') return level;
  throw new SetupError(
    `function ${name}: authLevel must be anonymous, function or admin, not ${JSON.stringify(value)}`,
  );
}
