import type { Workflow } from '../workflow/workflow.ts';
import type { DescribeOptions } from './describe.ts';
import type { Components } from './json-schema.ts';
import type { JsonSchema, Parameter, Reference, RequestBody, ResponseObject } from './openapi.ts';
import type { Draft } from './paths.ts';
import { ROOM_OPERATIONS, type RoomOperation, startOperation } from './room-operations.ts';
import type { ServedRoute } from './served-routes.ts';

export interface OwnedRoute extends ServedRoute {
  /** `undefined` for the room's own. */
  readonly app: string | undefined;
}

type Responses = Record<string, ResponseObject | Reference>;

const KEY = [{ key: [] }];
const PROBLEM: Reference = { $ref: '#/components/responses/Problem' };

/** A workflow's own route that starts it. `id` is for the parts of its schema that have to be referred to. */
export function startOf(workflow: Workflow, app: string, components: Components, id: string): Draft {
  const schema = components.of(workflow.input, 'input', `${id}.body`);
  const { description } = workflow;
  const operation = {
    ...startOperation,
    summary: `Start a run of ${workflow.name}`,
    ...(description && { description }),
    ...(workflow.public && { public: true as const }),
    body: { type: 'application/json', schema },
  };
  return { ...ofRoom(operation), tags: [app] };
}

/** What is said of a route: of an app's what `describe` says, of the room's what the room says. */
export function draftOf(route: OwnedRoute, components: Components, id: string): Draft {
  const { method, path, description, app } = route;
  if (app !== undefined) return described(description, app, components, id);
  const known = ROOM_OPERATIONS[`${method} ${path}`];
  return known === undefined ? described(description, 'room', components, id) : ofRoom(known);
}

function ofRoom(operation: RoomOperation): Draft {
  const { tag, summary, description, parameters = [], body, answer, problems = [] } = operation;
  const type = answer.schema === undefined ? answer.type : 'application/json';
  const schema = answer.schema === undefined ? {} : { $ref: `#/components/schemas/${answer.schema}` };
  const isPublic = operation.public === true;
  const statuses = isPublic ? problems : [...new Set([...problems, 401])].sort();
  const responses: Responses = {
    [answer.status]: {
      description: answer.description,
      ...(type !== undefined && { content: { [type]: { schema } } }),
    },
    ...Object.fromEntries(statuses.map((status) => [status, PROBLEM])),
  };
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    parameters,
    ...(body !== undefined && { requestBody: requestBody(body.type, body.schema) }),
    responses,
    security: isPublic ? [] : KEY,
  };
}

function described(options: DescribeOptions | undefined, tag: string, components: Components, id: string): Draft {
  if (options === undefined)
    return { tags: [tag], parameters: [], responses: { default: { description: 'Not described.' } }, security: [] };
  const { summary, description, tags = [tag], params, query, body, responses = {} } = options;
  const parameters = [
    ...(params === undefined ? [] : propertiesOf('path', components.of(params, 'input', `${id}.params`))),
    ...(query === undefined ? [] : propertiesOf('query', components.of(query, 'input', `${id}.query`))),
  ];
  const answers: Responses = Object.fromEntries(
    Object.entries(responses).map(([status, { description, schema }]) => {
      const said = schema && components.of(schema, 'output', `${id}.${status}`);
      return [status, { description, ...(said && { content: { 'application/json': { schema: said } } }) }];
    }),
  );
  const isPublic = options.public !== false;
  return {
    tags,
    summary,
    ...(description !== undefined && { description }),
    parameters,
    ...(body !== undefined && {
      requestBody: requestBody('application/json', components.of(body, 'input', `${id}.body`)),
    }),
    responses: { ...answers, ...(!isPublic && { 401: PROBLEM }), default: PROBLEM },
    security: isPublic ? [] : KEY,
  };
}

/** An empty body is `{}`: it is needed where something has to be in it. */
function requestBody(type: string, schema: JsonSchema): RequestBody {
  const { required } = schema as { readonly required?: readonly string[] };
  return { required: required !== undefined && required.length > 0, content: { [type]: { schema } } };
}

function propertiesOf(place: 'path' | 'query', schema: JsonSchema): Parameter[] {
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, one]) => {
    const { description, ...rest } = one as { readonly description?: string };
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}
