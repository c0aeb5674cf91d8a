import type { Json } from '../../../core/json.ts';
import { UNCATCHABLE } from './errors.ts';
import { nextOf, type State } from './machine.ts';
import { type Catcher, type Place, scratchSlot } from './place.ts';

/** The `Catch` of a state that may fail: the attempts around it, innermost first. */
export function catchers(place: Place): { Catch?: Json[] } {
  const found = reachable(place).map(({ names, slot, links }) => {
    const entry = { ErrorEquals: names ?? ['States.ALL'], ResultPath: `$.${slot}`, Next: '' };
    links.push(nextOf(entry));
    return entry;
  });
  return found.length === 0 ? {} : { Catch: found };
}

/** The same for a fan-out, whose branches may raise what no attempt catches: that is passed on. */
export function fanOutCatchers(place: Place): { readonly fields: { Catch?: Json[] }; after(state: State): void } {
  const { Catch = [] } = catchers(place);
  if (!reachable(place).some((one) => one.names === undefined))
    return { fields: { ...(Catch.length > 0 && { Catch }) }, after: () => undefined };
  const slot = scratchSlot(place);
  const final = { ErrorEquals: [...UNCATCHABLE], ResultPath: `$.${slot}`, Next: '' };
  return {
    fields: { Catch: [final, ...Catch] },
    after() {
      const { machine } = place;
      const next = machine.pending;
      machine.pending = [nextOf(final)];
      machine.add(`${place.label} fails`, { Type: 'Fail', ErrorPath: `$.${slot}.Error`, CausePath: `$.${slot}.Cause` });
      machine.pending = next;
    },
  };
}

function reachable({ catchers: all }: Place): Catcher[] {
  const found: Catcher[] = [];
  for (const one of all) {
    if (one.names?.length === 0) continue;
    found.push(one);
    if (one.names === undefined) break;
  }
  return found;
}
