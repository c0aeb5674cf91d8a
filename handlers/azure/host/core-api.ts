import type { FunctionMetadata, Invocation, InvocationResult } from './rpc.ts';
import type { LogLevel, WorkerLog } from './wire.ts';

/**
 * The module `@azure/functions-core`: no package, but what the language worker puts in the way of `require`, and all that
 * `@azure/functions` knows of who runs it.
 *
 * Its types: https://github.com/Azure/azure-functions-nodejs-worker/blob/v3.x/types-core/index.d.ts
 */
export interface CoreApi {
  /** What `require('@azure/functions-core')` gives. */
  readonly module: Readonly<Record<string, unknown>>;
  functions(): readonly FunctionMetadata[];
  /** Runs the hooks of the start; from here on nothing more can be registered. */
  start(folder: string): Promise<Readonly<Record<string, string>>>;
  invoke(invocation: Invocation & { readonly id: string }): Promise<InvocationResult>;
  terminate(): Promise<void>;
}

type Callback = (...args: unknown[]) => unknown;
type Hook = (context: Record<string, unknown>) => unknown;

/** The library's half: https://github.com/Azure/azure-functions-nodejs-library/blob/v4.x/src/InvocationModel.ts */
interface ProgrammingModel {
  getCapabilities(worker: Record<string, string>): Promise<Record<string, string>>;
  getInvocationModel(context: object): InvocationModel;
}
interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<InvocationResult>;
}

interface Registered {
  readonly metadata: FunctionMetadata;
  readonly callback: Callback;
}

const HOOKS = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
type HookName = (typeof HOOKS)[number];

/** What the worker tells the host that it can do, which is what the host's side here relies on. */
const CAPABILITIES = {
  RawHttpBodyBytes: 'true',
  RpcHttpBodyOnly: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  TypedDataCollection: 'true',
};

export function makeCoreApi(write: (line: WorkerLog) => void): CoreApi {
  const functions = new Map<string, Registered>();
  const hooks = new Map<HookName, Set<Hook>>(HOOKS.map((name) => [name, new Set()]));
  const appHookData = {};
  const appLevel = {};
  let model: ProgrammingModel | undefined;
  let started = false;

  const run = async (name: HookName, context: Record<string, unknown>): Promise<void> => {
    for (const hook of hooks.get(name) ?? []) await hook(context);
  };

  /** Hooks may change a line, as they may in Azure; one that throws loses nothing but itself. */
  const log = (line: WorkerLog, invocationContext?: object): void => {
    const context = { hookData: {}, appHookData, ...line, invocationContext };
    for (const hook of hooks.get('log') ?? [])
      try {
        hook(context);
      } catch {
        // There is nowhere else to say it.
      }
    write({ ...line, level: context.level, message: String(context.message) });
  };

  const module = {
    version: '3.12.0',
    hostVersion: '4.1040.0',
    Disposable: DisposableClass,
    log: (level: LogLevel, category: string, message: string) => log({ level, category, message }),
    setProgrammingModel(given: ProgrammingModel) {
      if (started) throw systemError('A programming model can only be set during app startup.');
      model = given;
    },
    getProgrammingModel: () => model,
    registerHook(name: string, hook: Hook) {
      const set = hooks.get(name as HookName);
      if (set === undefined) throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), SYSTEM);
      set.add(hook);
      return new DisposableClass(() => set.delete(hook));
    },
    registerFunction(metadata: FunctionMetadata, callback: Callback) {
      if (started) throw systemError('A function can only be registered during app startup.');
      if (functions.has(metadata.name))
        throw systemError(`A function with name "${metadata.name}" has already been registered.`);
      functions.set(metadata.name, { metadata: jsonOf(metadata), callback });
      return new DisposableClass(() => functions.delete(metadata.name));
    },
  };

  const modelOf = (): ProgrammingModel => {
    if (model === undefined)
      throw new Error('the app loaded no "@azure/functions" 4 library: it registered no functions');
    return model;
  };

  return {
    module,
    functions: () => [...functions.values()].map(({ metadata }) => metadata),
    async start(functionAppDirectory) {
      await run('appStart', { hookData: appLevel, appHookData, functionAppDirectory });
      started = true;
      return modelOf().getCapabilities({ ...CAPABILITIES });
    },
    async invoke({ id, function: name, inputs, triggerMetadata = {}, retryContext }) {
      const registered = functions.get(name);
      if (registered === undefined) throw new Error(`no function is named ${JSON.stringify(name)}`);
      const { metadata } = registered;
      let userContext: object | undefined;
      const context = {
        invocationId: id,
        metadata,
        state: undefined as string | undefined,
        request: { invocationId: id, functionId: name, triggerMetadata, inputData: inputs, retryContext },
        log: (level: LogLevel, category: string, message: string) =>
          log({ level, category, message, function: name, invocation: id }, userContext),
      };
      const invocation = modelOf().getInvocationModel(context);
      const { context: invocationContext, inputs: given } = await invocation.getArguments();
      userContext = invocationContext;
      const shared = { hookData: {}, appHookData, invocationContext };
      const before = { ...shared, functionCallback: registered.callback, inputs: given };
      context.state = 'preInvocationHooks';
      await run('preInvocation', before);
      const after = { ...shared, inputs: before.inputs, result: undefined as unknown, error: undefined as unknown };
      context.state = 'invocation';
      try {
        after.result = await invocation.invokeFunction(invocationContext, before.inputs, before.functionCallback);
      } catch (error) {
        after.error = error;
      }
      context.state = 'postInvocationHooks';
      await run('postInvocation', after);
      context.state = undefined;
      if (after.error !== undefined && after.error !== null) throw after.error;
      return invocation.getResponse(invocationContext, after.result);
    },
    terminate: () => run('appTerminate', { hookData: appLevel, appHookData }),
  };
}

class DisposableClass {
  readonly #dispose: () => unknown;
  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }
  static from(...given: readonly { dispose(): unknown }[]): DisposableClass {
    return new DisposableClass(() => {
      for (const one of given) one.dispose();
    });
  }
  dispose(): unknown {
    return this.#dispose();
  }
}

/** How the library recognises an error that is not the app's. */
const SYSTEM = { isAzureFunctionsSystemError: true };

function systemError(message: string): Error {
  return Object.assign(new Error(message), SYSTEM);
}

/** Metadata crosses as JSON in Azure too: what has no JSON, such as a handler's function, stays behind. */
function jsonOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
