import type { Json } from '../../../core/json.ts';
import type { AttemptNode, Block, ChooseNode, RepeatNode, RunNode } from '../../../core/workflow/ir.ts';
import { usesOf } from '../../../core/workflow/uses.ts';
import { decide, ruleOf } from './condition.ts';
import { ANY_TIMEOUT, aslNames, OURS } from './errors.ts';
import { defaultOf, type Link, nextOf, type State } from './machine.ts';
import { type Catcher, freeScratch, type Place } from './place.ts';
import { type AddNode, addBlock, assign, type Goal } from './scope.ts';

type Arm = readonly [links: Link[], block: Block];

/** One Choice state for as many cases as can be asked at once. */
export function addChoose(node: ChooseNode, place: Place, goal: Goal, add: AddNode): void {
  const { machine } = place;
  const arms: Arm[] = [];
  let open: State | undefined;
  const close = (): void => {
    const state = open;
    if (state !== undefined) machine.pending = [defaultOf(state)];
    open = undefined;
  };
  for (const { if: cond, then } of node.cases) {
    const rule = ruleOf(cond, place);
    if (rule === false) continue;
    if (rule === undefined) {
      close();
      const { yes, no } = decide(cond, place);
      arms.push([yes, then]);
      machine.pending = no;
    } else if (rule === true) {
      close();
      arms.push([machine.pending, then]);
      machine.pending = [];
    } else {
      open ??= machine.add(node.id, { Type: 'Choice', Choices: [] });
      const choice = { ...rule, Next: '' };
      (open.Choices as Json[]).push(choice);
      arms.push([[nextOf(choice)], then]);
    }
    if (open === undefined && machine.pending.length === 0) break;
  }
  close();
  arms.push([machine.pending, node.else]);
  freeScratch(place);
  addArms(arms, place, goal, add);
}

function addArms(arms: readonly Arm[], place: Place, goal: Goal, add: AddNode): void {
  const ends: Link[] = [];
  for (const [links, block] of arms) {
    place.machine.pending = links;
    if (links.length > 0) addBlock(block, place, goal, add);
    ends.push(...place.machine.pending);
  }
  place.machine.pending = ends;
}

export function addAttempt(node: AttemptNode, place: Place, goal: Goal, add: AddNode): void {
  const { machine, slots } = place;
  const slot = slots.take();
  const catcher: Catcher = { names: node.on && aslNames(node.on), slot, links: [] };
  addBlock(node.body, { ...place, catchers: [catcher, ...place.catchers] }, goal, add);
  const ends = machine.pending;
  machine.pending = [...catcher.links];
  if (catcher.links.length > 0) {
    const error = `${node.id}.error`;
    if (usesOf(node.rescue).has(error)) addDecoding(node.id, slot, place);
    const paths = new Map(place.paths).set(error, `$.${slot}.v`);
    addBlock(node.rescue, { ...place, paths }, goal, add);
  }
  machine.pending.push(...ends);
  slots.free(slot);
}

/** Makes `{ name, message, data }` of what a catcher caught. */
function addDecoding(id: string, slot: string, { machine }: Place): void {
  const caught = `$.${slot}`;
  const cause = `${caught}.Cause`;
  const ours = {
    And: [
      { Variable: cause, IsPresent: true },
      { Variable: cause, StringMatches: OURS },
    ],
    Next: '',
  };
  const timeout = { Variable: `${caught}.Error`, StringMatches: ANY_TIMEOUT, Next: '' };
  const choice = machine.add(`${id} caught`, { Type: 'Choice', Choices: [ours, timeout] });
  const ends: Link[] = [];
  const pass = (link: Link, name: string, Parameters: Json): void => {
    machine.pending = [link];
    machine.add(`${id} ${name}`, { Type: 'Pass', Parameters, ResultPath: caught });
  };
  pass(nextOf(ours), 'cause', { 'cause.$': `States.StringToJson(${cause})` });
  machine.add(`${id} error`, {
    Type: 'Pass',
    Parameters: { 'v.$': `States.StringToJson(${caught}.cause.errorMessage)` },
    ResultPath: caught,
  });
  ends.push(...machine.pending);
  pass(nextOf(timeout), 'timed out', {
    v: { name: 'Timeout', message: 'it took longer than its timeout', data: null },
  });
  ends.push(...machine.pending);
  pass(defaultOf(choice), 'engine error', {
    v: { 'name.$': `${caught}.Error`, message: "an error of the engine: see the execution's history", data: null },
  });
  machine.pending.push(...ends);
}

/** The state and the number of the round share a box. */
export function addRepeat(node: RepeatNode, place: Place, goal: Goal, add: AddNode): void {
  const { machine, slots } = place;
  const slot = slots.take();
  const [state, round] = [`$.${slot}.v`, `$.${slot}.i`];
  assign(node.init, place, { slot, beside: { i: 0 } }, `${node.id} starts`);
  freeScratch(place);
  let head = '';
  machine.pending.push((name) => (head ||= name));
  const paths = new Map(place.paths).set(`${node.id}.state`, state).set(`${node.id}.index`, round);
  const inside: Place = { ...place, paths };
  addBlock(node.body, { ...inside, rounds: [...place.rounds, round] }, { slot, beside: { 'i.$': round } }, add);
  if (machine.pending.length > 0) {
    const { yes, no } = decide(node.until, { ...inside, label: `${node.id} until` });
    freeScratch(place);
    machine.pending = no;
    if (no.length > 0 && node.max > 1) {
      const done = { Variable: round, NumericGreaterThanEquals: node.max - 1, Next: '' };
      const last = machine.add(`${node.id} rounds`, { Type: 'Choice', Choices: [done] });
      machine.pending = [defaultOf(last)];
      const again = { 'v.$': state, 'i.$': `States.MathAdd(${round}, 1)` };
      const next = machine.add(`${node.id} again`, { Type: 'Pass', Parameters: again, ResultPath: `$.${slot}` });
      next.Next = head;
      machine.pending = [nextOf(done)];
    }
    machine.pending = [...machine.pending, ...yes];
    if (goal !== undefined) {
      const Parameters = { 'v.$': state, ...goal.beside };
      machine.add(`${node.id} =`, { Type: 'Pass', Parameters, ResultPath: `$.${goal.slot}` });
    }
  }
  slots.free(slot);
}

export function addRun(node: RunNode, place: Place, goal: Goal, add: AddNode): void {
  const { input } = node;
  const inherited = 'ref' in input && (input.path ?? []).length === 0 ? place.paths.get(input.ref) : undefined;
  const slot = inherited === undefined ? place.slots.take() : undefined;
  if (slot !== undefined) assign(input, place, { slot }, `${node.id} input`);
  freeScratch(place);
  const paths = new Map(place.paths).set(`${node.id}.in`, inherited ?? `$.${slot}.v`);
  addBlock(node.body, { ...place, paths }, goal, add);
  if (slot !== undefined) place.slots.free(slot);
}
