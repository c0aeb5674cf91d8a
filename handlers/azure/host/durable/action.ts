import { ACTION, type Action, type CreateTimer } from './protocol.ts';

/** The library makes JSON text of an activity's input where it is a string, and of nothing else. */
export function activityInput(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input ?? null);
}

export function isAll(action: Action | undefined): boolean {
  return action?.actionType === ACTION.WhenAll;
}

/** @param path of indices, from the list of all actions into compound ones */
export function isCancelled(actions: readonly Action[], path: readonly number[]): boolean {
  const [first = 0, ...rest] = path;
  let action = actions[first];
  for (const at of rest)
    action = action !== undefined && 'compoundActions' in action ? action.compoundActions[at] : undefined;
  return (action as CreateTimer | undefined)?.isCanceled === true;
}
