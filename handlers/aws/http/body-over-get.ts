/**
 * Lays a body over a GET or HEAD request. HTTP allows one, and fronts pass it on; the Web's `Request` cannot be made with one.
 *
 * The request beneath stays what the platform made: a copy of it by `new Request(request)` has no body.
 */
export function bodyOverGet(request: Request, bytes: Uint8Array<ArrayBuffer>): Request {
  return dressed(
    request,
    new Response(bytes, { headers: { 'content-type': request.headers.get('content-type') ?? '' } }),
  );
}

function dressed(request: Request, carrier: Response): Request {
  const own = {
    arrayBuffer: () => carrier.arrayBuffer(),
    blob: () => carrier.blob(),
    bytes: () => carrier.bytes(),
    formData: () => carrier.formData(),
    json: () => carrier.json(),
    text: () => carrier.text(),
    clone: () => dressed(Request.prototype.clone.call(request), carrier.clone()),
  };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(request, name, { value });
  Object.defineProperty(request, 'body', { get: () => carrier.body });
  Object.defineProperty(request, 'bodyUsed', { get: () => carrier.bodyUsed });
  return request;
}
