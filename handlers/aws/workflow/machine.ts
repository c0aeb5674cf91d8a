import type { Json } from '../../../core/json.ts';

/** A state of Amazon States Language. https://states-language.net/spec.html */
export interface State {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Fail' | 'Map' | 'Parallel';
  Next?: string;
  [field: string]: Json | undefined;
}

/** Names of states, which are unique in a whole definition. */
export type Names = Set<string>;

/** Told the name of the state that comes next. */
export type Link = (name: string) => void;

/** Links to what a Choice state goes on with where none of its rules holds. */
export function defaultOf(state: State): Link {
  return (name) => {
    state.Default = name;
  };
}

/** Links to what a rule or a catcher goes on with. */
export function nextOf(entry: { Next: string }): Link {
  return (name) => {
    entry.Next = name;
  };
}

/** The states of one scope of a definition, in the order in which they were added. */
export interface Machine {
  /** What the next state that is added is linked to; empty where nothing leads on. */
  pending: Link[];
  /** Adds a state after what is pending, and makes it what is pending. */
  add(name: string, state: State): State;
  /** Ends the machine with what is at a path as its output: in the last state, where there is one that leads on alone. */
  finish(name: string, path: string): void;
  toJson(): { StartAt: string; States: { [name: string]: Json } };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-states.html */
const LONGEST_NAME = 80;

export function machine(names: Names): Machine {
  let start = '';
  const states: Record<string, State> = {};
  const free = (wanted: string): string => {
    let name = wanted.slice(0, LONGEST_NAME);
    for (let number = 2; names.has(name); number++) name = `${wanted.slice(0, LONGEST_NAME - 6)} ${number}`;
    names.add(name);
    return name;
  };
  let last: { readonly state: State; readonly link: Link } | undefined;
  const made: Machine = {
    pending: [(name) => (start = name)],
    add(wanted, state) {
      const name = free(wanted);
      states[name] = state;
      for (const link of made.pending) link(name);
      const link: Link = (next) => {
        state.Next = next;
      };
      last = { state, link };
      made.pending = state.Type === 'Choice' || state.Type === 'Fail' ? [] : [link];
      return state;
    },
    finish(name, path) {
      if (made.pending.length === 0) return;
      const alone = made.pending.length === 1 && made.pending[0] === last?.link;
      const state = alone && last !== undefined ? last.state : made.add(name, { Type: 'Pass' });
      state.OutputPath = path;
      state.End = true;
      made.pending = [];
    },
    toJson: () => ({ StartAt: start, States: states as { [name: string]: Json } }),
  };
  return made;
}
