import { Failure } from '../../../core/error.ts';
import { isDisabled } from './environment.ts';
import type { Binding, FunctionMetadata } from './rpc.ts';

/** A binding with the name that data of it travels under. */
export interface NamedBinding {
  readonly key: string;
  readonly binding: Binding;
}

/** A function as the host sees it. */
export interface HostFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly trigger: NamedBinding;
  /** The trigger's type in lower case, without the ending. */
  readonly kind: string;
  readonly inputs: readonly NamedBinding[];
  /** `$return` among them, unless it is the answer of an HTTP function. */
  readonly outputs: readonly NamedBinding[];
  readonly disabled: boolean;
  /** What of it this host does not carry out, in words; such a function is never called. */
  readonly unsupported: string | undefined;
}

const TRIGGERS: ReadonlySet<string> = new Set([
  'http',
  'queue',
  'blob',
  'timer',
  'orchestration',
  'activity',
  'warmup',
]);
const INPUTS: ReadonlySet<string> = new Set(['blob', 'durableclient', 'orchestrationclient', 'table']);
const OUTPUTS: ReadonlySet<string> = new Set(['http', 'queue', 'blob', 'table']);

export function describeFunction(metadata: FunctionMetadata, app: Readonly<Record<string, string>>): HostFunction {
  const all = Object.entries(metadata.bindings).map(([key, binding]) => ({ key, binding }));
  const trigger = all.find(({ binding }) => /trigger$/i.test(binding.type));
  if (trigger === undefined)
    throw new Failure({ name: 'AppFailed', message: `function ${JSON.stringify(metadata.name)} has no trigger` });
  const kind = trigger.binding.type.toLowerCase().replace(/trigger$/, '');
  const inputs = all.filter(({ binding }) => binding !== trigger.binding && binding.direction === 'in');
  const outputs = all.filter(({ binding }) => binding.direction === 'out');
  const strange = [
    ...(TRIGGERS.has(kind) ? [] : [`trigger ${trigger.binding.type}`]),
    ...inputs
      .filter(({ binding }) => !INPUTS.has(binding.type.toLowerCase()))
      .map(({ binding }) => `input ${binding.type}`),
    ...outputs
      .filter(({ binding }) => !OUTPUTS.has(binding.type.toLowerCase()))
      .map(({ binding }) => `output ${binding.type}`),
    ...all.filter(({ binding }) => isSdkBinding(binding)).map(({ binding }) => `sdkBinding of ${binding.type}`),
  ];
  return {
    name: metadata.name,
    metadata,
    trigger,
    kind,
    inputs,
    outputs: outputs.filter(({ binding }) => binding.type.toLowerCase() !== 'http'),
    disabled: isDisabled(app, metadata.name),
    unsupported: strange.length === 0 ? undefined : strange.join(', '),
  };
}

function isSdkBinding({ properties }: Binding): boolean {
  return (properties as { readonly supportsDeferredBinding?: unknown } | undefined)?.supportsDeferredBinding === 'true';
}

/** Names of functions do not care about case, as in Azure. */
export function findFunction(functions: readonly HostFunction[], name: string, kind?: string): HostFunction {
  const low = name.toLowerCase();
  const found = functions.find((one) => one.name.toLowerCase() === low && (kind === undefined || one.kind === kind));
  if (found !== undefined) return found;
  const what = kind === undefined ? 'function' : `${kind} function`;
  const names = functions.filter((one) => kind === undefined || one.kind === kind).map((one) => one.name);
  throw new Failure({
    name: 'UnknownFunction',
    message: `no ${what} is named ${JSON.stringify(name)}; there is ${names.join(', ') || 'none'}`,
  });
}
