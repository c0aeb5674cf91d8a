/** A declared resource: what it is, what it is called, and what a room must know to make it. */
export type Resource =
  | { readonly kind: 'bucket'; readonly name: string }
  | { readonly kind: 'queue'; readonly name: string; readonly attempts: number }
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'workflow'; readonly name: string };
export type ResourceKind = Resource['kind'];
/** What a room provides for a resource of each kind. */
export type ResourceOf<K extends ResourceKind> = Extract<Resource, { kind: K }>;

export const MODES = ['read', 'write', 'all'] as const;
export type Mode = (typeof MODES)[number];

declare const client: unique symbol;

/**
 * A right to a resource: what a function names in `uses`, and the only thing that it gets.
 *
 * The same value types the client, narrows it at run time to `methods`, and generates the policy of a room.
 */
export interface Access<Client> {
  readonly resource: Resource;
  readonly mode: Mode;
  /** The methods of the resource's client that this access leaves. */
  readonly methods: readonly string[];
  /** Puts over a room's port what is the same in every room: schemas, bounds. */
  readonly dress: ((port: never) => object) | undefined;
  readonly [client]?: Client;
}

export type Uses = Readonly<Record<string, Access<unknown>>>;
export type Clients<U extends Uses> = { readonly [K in keyof U]: U[K] extends Access<infer C> ? C : never };

/** What the code of a step or a trigger gets beside its clients; a client of that name would never be seen. */
export const CONTEXT = ['run', 'idempotencyKey', 'attempt', 'signal', 'log'];

/**
 * What is wrong with the `uses` of a function, if anything is.
 *
 * @param taken names that its code gets beside its clients, in the same object.
 */
export function wrongUses(uses: Uses, taken: readonly string[] = []): string | undefined {
  for (const [name, access] of Object.entries<unknown>(uses)) {
    if (taken.includes(name)) return `uses: '${name}' is what the code gets anyway; choose another name`;
    if (!isAccess(access)) return `uses: '${name}' is no right to a resource, such as bucket('photos').read`;
  }
  return undefined;
}

/** A right that does not exist, such as `queue.sned`, is `undefined`. */
function isAccess(access: unknown): access is Access<unknown> {
  return typeof access === 'object' && access !== null && 'resource' in access && 'methods' in access;
}

/** Builds the accesses of a resource from its method names. */
export function grant<Client>(
  resource: Resource,
  mode: Mode,
  methods: readonly (keyof Client & string)[],
  dress?: (port: never) => object,
): Access<Client> {
  return Object.freeze({ resource, mode, methods, dress });
}

/**
 * The clients for `uses`: each has the methods that its access names and no others.
 *
 * @param provide the room's full client of a resource.
 */
export function clientsFor<U extends Uses>(uses: U | undefined, provide: (resource: Resource) => object): Clients<U> {
  const clients: Record<string, unknown> = {};
  for (const [name, access] of Object.entries(uses ?? {})) {
    const port = provide(access.resource);
    const full = (access.dress?.(port as never) ?? port) as Record<string, (...args: unknown[]) => unknown>;
    clients[name] = Object.freeze(
      Object.fromEntries(access.methods.map((method) => [method, (...args: unknown[]) => full[method]?.(...args)])),
    );
  }
  return Object.freeze(clients) as Clients<U>;
}
