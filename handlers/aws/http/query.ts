import { fields } from '../events/field.ts';

/**
 * The query of the fields that hold one value a name and of those that hold several; where both know a name, the several count.
 *
 * @param spell how a name or a value is written: some fronts decode them, some leave them encoded.
 */
export function queryOf(single: unknown, several: unknown, spell: (text: string) => string): string {
  const pairs: string[] = [];
  const many = fields(several);
  const push = (name: string, values: unknown): void => {
    for (const value of Array.isArray(values) ? values : [values])
      pairs.push(`${spell(name)}=${spell(String(value ?? ''))}`);
  };
  for (const [name, values] of Object.entries(many)) if (values !== null) push(name, values);
  for (const [name, value] of Object.entries(fields(single)))
    if (!Object.hasOwn(many, name) || many[name] === null) push(name, value);
  return pairs.join('&');
}

/** For fronts that decode: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
