import functions, { type HttpRequest, type HttpRequestInit } from '@azure/functions';

/** A request as the library makes it for a function that does not stream. */
export function given(init: HttpRequestInit): HttpRequest {
  return new functions.HttpRequest({ method: 'GET', url: 'http://localhost:7071/', ...init });
}
