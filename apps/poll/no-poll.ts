import { Failure } from 'skein';

export function noPoll(id: string): Failure {
  return new Failure({ name: 'NotFound', message: `no poll ${JSON.stringify(id.slice(0, 40))}` });
}
