import type { App } from '../app.ts';
import { draftOf, type OwnedRoute, startOf } from './draft.ts';
import { makeComponents } from './json-schema.ts';
import { METHODS, type OpenApi } from './openapi.ts';
import { pathTemplates } from './path.ts';
import { makePaths } from './paths.ts';
import { START_ROUTE } from './room-operations.ts';
import { ROOM_SCHEMAS } from './room-schemas.ts';

/** The room's OpenAPI document: of the same routes always the same. */
export async function openApi(apps: readonly App[], routes: readonly OwnedRoute[]): Promise<OpenApi> {
  const components = makeComponents(ROOM_SCHEMAS);
  const paths = makePaths();
  for (const route of routes) {
    if (route.path === START_ROUTE) {
      for (const app of apps)
        for (const workflow of app.workflows) {
          const at = pathTemplates(`/workflows/${workflow.name}/runs`)[0]!;
          paths.add(at, 'post', (id) => startOf(workflow, app.name, components, id));
        }
      continue;
    }
    for (const at of pathTemplates(route.path))
      for (const method of route.method === 'ALL' ? METHODS : [route.method.toLowerCase()])
        paths.add(at, method, (id) => draftOf(route, components, id));
  }
  const tags = [...apps.map(({ name, description }) => ({ name, ...(description && { description }) })), ...ROOM_TAGS];
  const rest = {
    tags,
    paths: paths.all(),
    components: {
      schemas: components.all(),
      responses: {
        Problem: {
          description: 'An error.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: "The room's admin key." } },
    },
  };
  const title = apps.map((app) => app.title).join(', ') || 'skein';
  const description = 'Everything that this room serves.';
  return { openapi: '3.1.1', info: { title, version: await versionOf(rest), description }, ...rest };
}

const ROOM_TAGS = [
  { name: 'runs', description: 'Runs of workflows.' },
  { name: 'buckets', description: 'Buckets and their objects.' },
  { name: 'queues', description: 'Queues and their dead letters.' },
  { name: 'room', description: 'Pages of the room.' },
];

/** A digest: it changes when something that the document says does, and only then. */
async function versionOf(said: unknown): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(said)));
  return [...new Uint8Array(digest, 0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
