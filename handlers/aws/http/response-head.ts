import { STATUS_CODES } from 'node:http';

export interface ResponseHead {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly cookies: readonly string[];
}

/** Status and headers, cookies apart: they are the one header whose values no comma can join. */
export function headOf(response: Response): ResponseHead {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  response.headers.forEach((value, name) => {
    if (name === 'set-cookie') cookies.push(value);
    else put(headers, name, value);
  });
  return { statusCode: response.status, headers, cookies };
}

/** Assignment to this one name would set the prototype instead. */
function put(headers: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__') Object.defineProperty(headers, name, { value, enumerable: true });
  else headers[name] = value;
}

/** `200 OK`, as load balancers want it. */
export function descriptionOf({ status, statusText }: Response): string {
  return `${status} ${statusText || (STATUS_CODES[status] ?? 'Unknown')}`;
}
