import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Failure, invalidInput } from '../error.ts';
import { type Json, toJson } from '../json.ts';

/** Whether it is a schema of any library that speaks Standard Schema: https://standardschema.dev */
export function isSchema(candidate: unknown): candidate is StandardSchemaV1 {
  return (
    candidate !== null &&
    (typeof candidate === 'object' || typeof candidate === 'function') &&
    typeof (candidate as { '~standard'?: { validate?: unknown } })['~standard']?.validate === 'function'
  );
}

/**
 * The value as the schema leaves it, defaults and transformations applied.
 *
 * @throws `InvalidInput` naming the first field that is wrong.
 */
export async function parseInput(schema: StandardSchemaV1 | undefined, value: Json, what = 'input'): Promise<Json> {
  const result = await validate(schema, value);
  if (result.issues === undefined) return result.value;
  const { field, message } = firstIssue(result.issues, what);
  throw invalidInput(`${field}: ${message}`, field);
}

/** The same for what a step returns: the step is at fault then, not its caller. */
export async function parseOutput(schema: StandardSchemaV1 | undefined, value: Json): Promise<Json> {
  const result = await validate(schema, value);
  if (result.issues === undefined) return result.value;
  const { field, message } = firstIssue(result.issues, 'output');
  throw new Failure({ name: 'InvalidOutput', message: `${field}: ${message}`, data: { field } });
}

type Issues = readonly StandardSchemaV1.Issue[];

async function validate(
  schema: StandardSchemaV1 | undefined,
  value: Json,
): Promise<{ value: Json; issues?: undefined } | { issues: Issues }> {
  if (schema === undefined) return { value };
  const result = await schema['~standard'].validate(value);
  return result.issues === undefined ? { value: toJson(result.value) } : { issues: result.issues };
}

function firstIssue(issues: Issues, what: string): { field: string; message: string } {
  const issue = issues[0];
  const keys = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return { field: keys.length === 0 ? what : keys.join('.'), message: issue?.message ?? 'is not valid' };
}
