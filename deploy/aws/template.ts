import type { Json } from '../../core/json.ts';
import { SetupError } from '../../core/setup-error.ts';

/** A resource of CloudFormation. */
export interface CfnResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: Json };
  readonly [attribute: string]: Json | undefined;
}

/** The resources of a stack as they come together. */
export interface Template {
  readonly resources: Readonly<Record<string, CfnResource>>;
  /** @throws SetupError where the id is taken: two declared names differ in hyphens only. */
  add(id: string, resource: CfnResource): void;
}

export function makeTemplate(): Template {
  const resources: Record<string, CfnResource> = {};
  return {
    resources,
    add(id, resource) {
      if (Object.hasOwn(resources, id))
        throw new SetupError(`${resource.Type}: two declared names become the same logical id, ${id}`);
      resources[id] = resource;
    },
  };
}

export const ref = (id: string): Json => ({ Ref: id });
export const arnOf = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] });
export const sub = (text: string): Json => ({ 'Fn::Sub': text });

/** `word-count` as `WordCount`: logical ids are letters and digits only. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
