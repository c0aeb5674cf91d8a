import { Failure } from '../../../core/error.ts';
import { fields } from '../events/field.ts';
import { nameOfEvent } from '../events/name-of-event.ts';
import { functionUrl } from './function-url.ts';
import { httpApi } from './http-api.ts';
import type { HttpKind, HttpResult } from './http-kind.ts';
import { lattice } from './lattice.ts';
import { loadBalancer } from './load-balancer.ts';
import { restApi } from './rest-api.ts';

/** The first that matches counts: function URLs before HTTP APIs, load balancers before REST APIs. */
const HTTP_KINDS: readonly HttpKind[] = [functionUrl, httpApi, loadBalancer, lattice, restApi];

export function httpKindOf(event: unknown): HttpKind | undefined {
  const known = fields(event);
  return HTTP_KINDS.find((kind) => kind.matches(known));
}

/**
 * The request that an event of API Gateway, a function URL, a load balancer or VPC Lattice stands for.
 *
 * @throws `InvalidInput` naming what no request can have; `Unsupported` naming the kind of an event that is no HTTP request.
 */
export function toRequest(event: unknown): Request {
  return kindFor(event).toRequest(fields(event));
}

/** The answer to `event`, in the form that its front takes. @throws `Unsupported` as `toRequest`. */
export function toResult(response: Response, event: unknown): Promise<HttpResult> {
  return kindFor(event).toResult(response, fields(event));
}

function kindFor(event: unknown): HttpKind {
  const kind = httpKindOf(event);
  if (kind !== undefined) return kind;
  throw new Failure({ name: 'Unsupported', message: `${nameOfEvent(event)} is no HTTP request` });
}
