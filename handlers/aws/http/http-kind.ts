import type { LambdaEvent } from '../events/field.ts';

/** What an HTTP front of Lambda takes as an answer; each kind leaves out what its front does not know. */
export interface HttpResult {
  readonly statusCode: number;
  readonly statusDescription?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** One of the fronts that hand HTTP requests to Lambda as events. */
export interface HttpKind {
  readonly name: string;
  matches(event: LambdaEvent): boolean;
  /** @throws `InvalidInput` naming the field where the event says what no request can. */
  toRequest(event: LambdaEvent): Request;
  /** The address of who connected to the front, as it says itself; not there where it says so in headers alone. */
  addressOf?(event: LambdaEvent): string | undefined;
  toResult(response: Response, event: LambdaEvent): Promise<HttpResult>;
}
