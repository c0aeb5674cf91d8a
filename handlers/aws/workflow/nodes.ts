import { fold } from '../../../core/workflow/ir.ts';
import { addFail, addSleep, addTask, addWaitFor, type Functions } from './calls.ts';
import { addMap, addParallel } from './fan-outs.ts';
import { addAttempt, addChoose, addRepeat, addRun } from './flow.ts';
import type { Names } from './machine.ts';
import type { Place } from './place.ts';
import type { AddNode, Goal } from './scope.ts';

export interface Compiling extends Functions {
  readonly names: Names;
}

/** How each kind of node is added to a machine. */
export function nodeAdder(compiling: Compiling): AddNode {
  const add: AddNode = fold<void, [Place, Goal]>({
    task: (node, place, goal) => addTask(node, place, goal, compiling),
    map: (node, place, goal) => addMap(node, place, goal, { add, names: compiling.names }),
    parallel: (node, place, goal) => addParallel(node, place, goal, { add, names: compiling.names }),
    choose: (node, place, goal) => addChoose(node, place, goal, add),
    attempt: (node, place, goal) => addAttempt(node, place, goal, add),
    sleep: (node, place, goal) => addSleep(node, place, goal, compiling),
    waitFor: (node, place, goal) => addWaitFor(node, place, goal, compiling),
    repeat: (node, place, goal) => addRepeat(node, place, goal, add),
    run: (node, place, goal) => addRun(node, place, goal, add),
    fail: (node, place) => addFail(node, place, compiling),
  });
  return add;
}
