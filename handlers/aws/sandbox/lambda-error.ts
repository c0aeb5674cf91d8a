/** A failed call of a function as its callers see it. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export class LambdaError extends Error {
  readonly payload: string;

  /** @param payload what Lambda answers; JSON. */
  constructor(errorType: string, errorMessage: string, payload: string = JSON.stringify({ errorType, errorMessage })) {
    super(errorMessage);
    this.name = errorType;
    this.payload = payload;
  }

  /** From what a runtime says of an error. */
  static from(body: string): LambdaError {
    try {
      const { errorType, errorMessage } = JSON.parse(body) as { errorType?: unknown; errorMessage?: unknown };
      return new LambdaError(String(errorType), String(errorMessage), body);
    } catch {
      return new LambdaError('Runtime.Unknown', body.slice(0, 1000));
    }
  }
}
