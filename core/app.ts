import type { Context } from 'hono';
import type { HttpFunction } from './http/http.ts';
import { checkedName, checkedOptionNames } from './resources/name.ts';
import type { Trigger } from './triggers/trigger.ts';
import type { Workflow } from './workflow/workflow.ts';

/** An application: what a room serves. */
export interface App {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly workflows: readonly Workflow[];
  readonly http: readonly HttpFunction[];
  /** What runs when a message, an object or a time comes. */
  readonly triggers: readonly Trigger[];
  /** The page that people see, served at `/apps/<name>`. */
  readonly page: ((context: Context) => Response | Promise<Response>) | undefined;
  /** The URL of the module whose default export this app is; threads load steps with `isolate` from it. */
  readonly module: string | undefined;
}

export interface AppOptions {
  /** @default the name */
  readonly title?: string;
  /** One sentence for the home page. @default '' */
  readonly description?: string;
  readonly workflows?: readonly Workflow[];
  // biome-ignore lint/suspicious/noExplicitAny: each function's own `uses` types its own routes; a list of them has no common type
  readonly http?: readonly HttpFunction<any, any>[];
  /** From `consume`, `onObject` and `schedule`. */
  readonly triggers?: readonly Trigger[];
  readonly page?: (context: Context) => Response | Promise<Response>;
  /** `import.meta.url` of the module that exports the app as default; needed by steps with `isolate: 'cpu'`. */
  readonly module?: string;
}

/**
 * Declares an application.
 *
 * @throws TypeError naming the option, where a name is taken twice or an option is not known.
 */
export function app(name: string, options: AppOptions): App {
  checkedName('app', name);
  checkedOptionNames(`app '${name}'`, options, OPTIONS);
  const workflows = options.workflows ?? [];
  const functions = options.http ?? [];
  const triggers = options.triggers ?? [];
  unique(
    name,
    'workflow',
    workflows.map((one) => one.name),
  );
  unique(
    name,
    'http',
    functions.map((one) => one.name),
  );
  unique(
    name,
    'triggers',
    triggers.map((one) => one.name),
  );
  return Object.freeze({
    name,
    title: options.title ?? name,
    description: options.description ?? '',
    workflows: Object.freeze([...workflows]),
    http: Object.freeze([...functions]),
    triggers: Object.freeze([...triggers]),
    page: options.page,
    module: options.module,
  });
}

const OPTIONS = ['title', 'description', 'workflows', 'http', 'triggers', 'page', 'module'];

function unique(app: string, what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`app '${app}': two of its ${what} entries are called '${twice}'`);
}
