/**
 * What the Functions host and a language worker say to each other, as `@azure/functions` reads and writes it.
 *
 * The shapes are those of FunctionRpc.proto:
 * https://github.com/Azure/azure-functions-language-worker-protobuf/blob/dev/src/proto/FunctionRpc.proto
 */

/** A value that crosses: exactly one of the fields is there. Numbers of collections travel as they are. */
export interface RpcTypedData {
  readonly string?: string | null;
  /** JSON text. */
  readonly json?: string | null;
  readonly bytes?: Uint8Array | null;
  readonly stream?: Uint8Array | null;
  readonly int?: number | null;
  readonly double?: number | null;
  readonly http?: RpcHttp | null;
  readonly collectionString?: { readonly string: readonly string[] } | null;
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] } | null;
  readonly collectionDouble?: { readonly double: readonly number[] } | null;
  readonly collectionSint64?: { readonly sint64: readonly number[] } | null;
}

export interface Nullable<T> {
  readonly value: T;
}

/** A request on its way in, an answer on its way out; `{}` stands for a request that is streamed beside the call. */
export interface RpcHttp {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: Readonly<Record<string, Nullable<string>>>;
  readonly nullableParams?: Readonly<Record<string, Nullable<string>>>;
  readonly nullableQuery?: Readonly<Record<string, Nullable<string>>>;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly RpcCookie[];
  readonly enableContentNegotiation?: boolean;
  readonly body?: RpcTypedData | null;
}

export interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: Nullable<string> | null;
  readonly path?: Nullable<string> | null;
  /** A protobuf timestamp in JSON: seconds and nanoseconds since 1970, or a text, by the version of the library. */
  readonly expires?: Nullable<unknown> | null;
  readonly secure?: Nullable<boolean> | null;
  readonly httpOnly?: Nullable<boolean> | null;
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  /** Seconds. */
  readonly maxAge?: Nullable<number> | null;
}

/** A trigger, an input or an output of a function; the other fields depend on its type. */
export interface Binding {
  readonly name?: string;
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly [field: string]: unknown;
}

/** One function as the app registered it. The name of the binding that is its return value is `$return`. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryOptions;
}

/** How often a failed invocation is tried again, as `toCoreFunctionMetadata` of the library spells it. */
export interface RetryOptions {
  /** -1: for ever. */
  readonly maxRetryCount?: number;
  readonly retryStrategy?: 'exponentialBackoff' | 'fixedDelay';
  readonly delayInterval?: unknown;
  readonly minimumInterval?: unknown;
  readonly maximumInterval?: unknown;
}

export interface NamedData {
  readonly name: string;
  readonly data: RpcTypedData;
}

/** One call of a function. */
export interface Invocation {
  readonly function: string;
  readonly inputs: readonly NamedData[];
  readonly triggerMetadata?: Readonly<Record<string, RpcTypedData>>;
  /** A random UUID if there is none. */
  readonly id?: string;
  /** There from the first retry on. */
  readonly retryContext?: { readonly retryCount: number; readonly maxRetryCount: number };
}

export interface InvocationResult {
  readonly returnValue?: RpcTypedData | null;
  readonly outputData: readonly NamedData[];
}
