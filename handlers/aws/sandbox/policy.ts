import type { Asked } from './asked.ts';
import type { Allowed } from './deployment.ts';

/** What Lambda itself does in the name of a function: no request of its code. */
const BY_LAMBDA = /^(?:logs|xray):/;

/** Whether statements allow what is asked. */
export function allows(allowed: readonly Allowed[], { action, resource }: Asked): boolean {
  return allowed.some(
    ({ actions, resources }) =>
      actions.includes(action) && (resource === undefined || resources.some((one) => fits(one, resource))),
  );
}

function grantOf(action: string, resource: string): string {
  return `${action} on ${resource}`;
}

/** Each action that is granted on each resource, but for those that Lambda needs for itself. */
export function grants(allowed: readonly Allowed[]): readonly string[] {
  return allowed
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) =>
        BY_LAMBDA.test(action) ? [] : resources.map((resource) => grantOf(action, resource)),
      ),
    )
    .sort();
}

/** The grants that an asked action uses; where the request names no resource, all of the action. */
export function grantsUsed(allowed: readonly Allowed[], { action, resource }: Asked): readonly string[] {
  return allowed.flatMap(({ actions, resources }) =>
    actions.includes(action)
      ? resources.filter((one) => resource === undefined || fits(one, resource)).map((one) => grantOf(action, one))
      : [],
  );
}

/**
 * Whether a text is what a pattern says, in which a `*` is anything.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
 */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const expression = parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${expression}$`, 's').test(text);
}
