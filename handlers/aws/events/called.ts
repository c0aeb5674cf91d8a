import { Failure } from '../../../core/error.ts';

/**
 * Those of `items` that the cloud's name of a resource means: of the same name, or else of the longest name that it ends in after a
 * hyphen or an underscore (`prod-orders`).
 */
export function namedBy<T>(items: readonly T[], nameOf: (item: T) => string, deployed: string): readonly T[] {
  const plain = deployed.replace(/\.fifo$/, '');
  const ending = items.map(nameOf).filter((name) => plain.endsWith(`-${name}`) || plain.endsWith(`_${name}`));
  const longest = ending.sort((a, b) => b.length - a.length)[0];
  const exact = items.filter((item) => nameOf(item) === plain);
  return exact.length > 0 ? exact : items.filter((item) => nameOf(item) === longest);
}

/**
 * The same; where no name fits, the only one that there is: deployed names are seldom the declared ones.
 *
 * @throws `NotFound` where no item is meant.
 */
export function calledBy<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  what: string,
  deployed: string,
): readonly T[] {
  const named = namedBy(items, nameOf, deployed);
  if (named.length > 0) return named;
  if (new Set(items.map(nameOf)).size === 1) return items;
  throw new Failure({
    name: 'NotFound',
    message: `no trigger of the app takes what comes from the ${what} '${deployed}'`,
  });
}

/** The last part of an ARN: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function nameInArn(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}
