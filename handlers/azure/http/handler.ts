import type { HttpHandler } from '@azure/functions';
import { failureResponse } from '../../../core/http/failure.ts';
import { toRequest } from './request.ts';
import { toStreamedResult } from './result.ts';

export type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * The handler of an HTTP function of an app that streams. Whatever goes wrong there is an answer: where a handler throws, the library
 * ends no streamed request, and its client waits for minutes.
 */
export function httpHandler(fetch: Fetch, report: (id: string, error: unknown) => void): HttpHandler {
  return async (request) => {
    let response: Response;
    try {
      response = await fetch(toRequest(request));
    } catch (error) {
      response = failureResponse(error, report);
    }
    return toStreamedResult(response);
  };
}
