import { hash } from 'node:crypto';
import type { Resource } from '../../core/resources/access.ts';
import type { Settings } from './settings.ts';
import { pascal } from './template.ts';

/** Logical ids of what a resource becomes. */
const SUFFIX = {
  bucket: 'Bucket',
  queue: 'Queue',
  table: 'Table',
  secret: 'Secret',
  workflow: 'StateMachine',
} as const;

export function idOf({ kind, name }: Pick<Resource, 'kind' | 'name'>): string {
  return `${pascal(name)}${SUFFIX[kind]}`;
}

export function deadLettersOf(queue: string): string {
  return `${pascal(queue)}DeadLetters`;
}

/** A physical name, cut to what the service takes; what is cut off is told apart by a hash. */
export function physicalName({ service, stage }: Settings, name: string, longest: number): string {
  const whole = `${service}-${stage}-${name}`;
  if (whole.length <= longest) return whole;
  return `${whole.slice(0, longest - 9)}-${hash('sha256', whole).slice(0, 8)}`;
}

/** The ARN is spelt, not referred to: a step may start the workflow that it belongs to, and CloudFormation knows no circles. */
export function stateMachineArn(settings: Settings, workflow: string): string {
  return `arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:stateMachine:${stateMachineName(settings, workflow)}`;
}

export function executionArns(settings: Settings, workflow: string): string {
  return `arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:execution:${stateMachineName(settings, workflow)}:*`;
}

export function stateMachineName(settings: Settings, workflow: string): string {
  return physicalName(settings, workflow, 80);
}
