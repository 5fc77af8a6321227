import { type Answer, json, Refused, retryAfter } from "./answer.ts";
import type { Errors } from "./contract.ts";

/** An error as OpenAI shapes it. ⚠ Bodies are from knowledge, not from a primary source (contracts.md, head). */
export function problem(status: number, message: string, code: string | null, param: string | null = null, type = typeOf(status)): Answer {
  return json(status, { error: { message, type, param, code } });
}

const typeOf = (status: number): string => (status >= 500 ? "server_error" : status === 429 ? "requests" : "invalid_request_error");

/** Ends the request with a 400 that names the field. */
export function invalid(message: string, param: string, code: string | null = null): never {
  throw new Refused(problem(400, message, code, param));
}

export const openaiErrors: Errors = {
  badKey: () => problem(401, "Incorrect API key provided.", "invalid_api_key"),
  notFound: () => problem(404, "Invalid URL", null),
  badBody: (detail) => problem(400, `We could not parse the body of your request: ${detail}.`, null),
  tooLarge: () => problem(413, "The request is too large.", null),
  throttle(retryAfterS) {
    const answer = problem(429, "Rate limit reached. Please try again later.", "rate_limit_exceeded");
    return { ...answer, headers: { ...answer.headers, ...retryAfter(retryAfterS) } };
  },
  serverError: () => problem(500, "The server had an error while processing your request. Sorry about that!", null),
  unavailable: () => problem(503, "The engine is currently overloaded, please try again later.", null),
  // A 429 that no waiting mends.
  outOfCredit: () =>
    problem(
      429,
      "You exceeded your current quota, please check your plan and billing details.",
      "insufficient_quota",
      null,
      "insufficient_quota",
    ),
};
