import type { ActivityHandler } from 'durable-functions';
import { invalidInput } from '../../../core/error.ts';
import type { StepDefinition } from '../../../core/workflow/step.ts';
import { performActivity } from '../workflow/index.ts';
import type { Room } from './room.ts';

/** The activity that runs the steps of all workflows. It rejects where its input is none that the orchestrator made. */
export function stepEntry({ workflows, surroundings, watch }: Room): ActivityHandler {
  const definitionOf = (workflow: string, step: string): StepDefinition | undefined =>
    workflows.get(workflow)?.steps.get(step);
  return async (envelope) => {
    if (typeof envelope !== 'string') throw invalidInput('envelope: must be a string', 'envelope');
    return performActivity(definitionOf, envelope, surroundings, new AbortController().signal, watch());
  };
}
