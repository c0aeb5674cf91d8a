/**
 * What is wrong with a workflow, by number: the same text at the cursor, in a log and in the docs.
 *
 * 1xx: misuse of the typed API, found while `run` is traced. 2xx: an IR that is not one. 3xx: an IR that is one, and asks for
 * what the rooms cannot do. `docs/diagnostics.md` is this table with an example each.
 */
export const DIAGNOSTICS = {
  SK101: {
    title: 'an operator or a template string was used on a Ref',
    remedy: 'a Ref has no value yet; compare with eq/lt/gt/…, and compute in a step',
  },
  SK102: { title: 'JSON.stringify was called on a Ref', remedy: 'pass the Ref to a step and serialise there' },
  SK103: {
    title: 'a promise was awaited or returned',
    remedy: 'remove `async` and `await`: run and bodies are traced once, and steps return Refs at once',
  },
  SK104: { title: 'a Ref was iterated, spread or listed', remedy: 'use map(list, (item) => …), or name each property' },
  SK105: {
    title: 'a Ref was called or constructed',
    remedy: 'array and string methods do not exist on a Ref: use map, choose, length, or a step',
  },
  SK106: {
    title: 'at() needs an index that is a literal',
    remedy: 'pass a non-negative integer, or choose the item in a step',
  },
  SK107: { title: 'the property cannot be read portably', remedy: 'give it a plain name in a step' },
  SK108: { title: "'in' was used on a Ref", remedy: 'use present(ref.property)' },
  SK109: { title: 'a property of a Ref was set or deleted', remedy: 'build a new object: { a: ref.a, b: 2 }' },
  SK110: { title: 'a property of a computed value was read', remedy: 'read it where the value comes from' },
  SK111: {
    title: 'a Ref was used outside the branch or body that made it',
    remedy: 'return it from the body and use the result of map, parallel, when, …',
  },
  SK112: { title: 'a literal is cyclic or deeper than 50', remedy: 'pass a flat value, or build it in a step' },
  SK113: { title: 'a condition was used as a value', remedy: 'use when(condition, () => true, () => false)' },
  SK114: {
    title: 'a value is not JSON',
    remedy: 'use null, booleans, finite numbers, strings, arrays and plain objects',
  },
  SK115: { title: "a key contains '.$'", remedy: 'rename it: Amazon States Language reads such keys as paths' },
  SK116: {
    title: 'a step or a combinator was called outside a workflow',
    remedy: "call it inside the `run` of workflow(…); to run a step's code by hand call step.definition.run",
  },
  SK117: { title: 'not a condition', remedy: 'pass eq(…), lt(…), present(…), and(…), … or a Ref of a boolean' },
  SK118: { title: '`until` called a step', remedy: 'call it in the body and test its result' },
  SK119: { title: 'an option is unknown or has a wrong value', remedy: 'see the options in the message' },
  SK120: {
    title: 'a Ref or a condition was read and never used',
    remedy: 'if, switch, !, ==, && and ?? see no value while a workflow is traced: use when, choose, eq, present',
  },
  SK121: { title: 'a name is taken or reserved', remedy: 'choose another name' },
  SK122: {
    title: 'what is no Error was thrown while the workflow was traced',
    remedy: "throw an Error; to end a run with an error use fail('Name', 'message')",
  },
  SK201: { title: 'the IR has a wrong shape', remedy: 'see docs/ir.md' },
  SK202: { title: 'the IR has an unknown field', remedy: 'remove it, or see docs/ir.md for its spelling' },
  SK203: { title: 'two nodes have one id', remedy: 'give every node of the workflow an id of its own' },
  SK204: {
    title: 'a variable is not visible here',
    remedy: 'refer to `in`, an earlier node, or what an enclosing node binds',
  },
  SK205: { title: 'a step is not defined', remedy: 'pass its function in the second argument of fromIR' },
  SK301: {
    title: 'waitFor stands inside map or parallel',
    remedy: 'wait before the fan-out: no engine delivers events into one',
  },
  SK302: {
    title: 'a large value is looked into',
    remedy: 'pass it whole to a step, and return from that step what the workflow needs',
  },
  SK303: { title: 'the workflow is larger than a default cap', remedy: 'split it into child workflows or a map' },
} as const satisfies Record<string, { title: string; remedy: string }>;
export type DiagnosticCode = keyof typeof DIAGNOSTICS;

export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** Where in the workflow: its name and the nodes around the place. */
  readonly where: string;
  readonly message: string;
  readonly remedy: string;
}

export function diagnostic(code: DiagnosticCode, where: string, detail: string): Diagnostic {
  const { title, remedy } = DIAGNOSTICS[code];
  return { code, where, message: `${title}: ${detail}`, remedy };
}

/** Thrown while a workflow is being defined; never while one runs. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError' as const;
  readonly code: DiagnosticCode;
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]]) {
    super(diagnostics.map((one) => `${one.code} in ${one.where}: ${one.message}. ${sentence(one.remedy)}`).join('\n'));
    this.code = diagnostics[0].code;
    this.diagnostics = diagnostics;
  }
}

export function refuse(code: DiagnosticCode, where: string, detail: string): never {
  throw new DefinitionError([diagnostic(code, where, detail)]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
