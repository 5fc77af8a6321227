/** One place in the input and what is allowed there. `pointer` is an RFC 6901 JSON pointer into the body, or `#/query/…`, `#/path/…`. */
export type FieldError = { pointer: string; detail: string };

/** What a kind of problem always says; the page of the same name lies in docs/problems. */
export type ProblemType = { code: string; status: number; title: string };

/**
 * An outcome that the caller is told of, as RFC 9457 problem details. Anything else that is thrown is a fault of ours and becomes a 500.
 * `extra` members are sent as they are, `headers` go on the answer.
 */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly errors: readonly FieldError[] | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    type: ProblemType,
    detail: string,
    more: { errors?: readonly FieldError[]; extra?: Record<string, unknown>; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "Problem";
    this.type = type;
    this.errors = more.errors;
    this.extra = more.extra ?? {};
    this.headers = more.headers ?? {};
  }
}

/** Problems that any operation may answer. */
export const problems = {
  malformed: { code: "request/malformed", status: 400, title: "The request cannot be read" },
  invalid: { code: "request/invalid", status: 422, title: "The request has values that are not allowed" },
  badCursor: { code: "request/bad-cursor", status: 400, title: "The cursor is not one that this list gave" },
  unauthenticated: { code: "auth/unauthenticated", status: 401, title: "Sign in first" },
  suspended: { code: "auth/suspended", status: 403, title: "This account is suspended" },
  notAllowed: { code: "auth/not-allowed", status: 403, title: "Your role does not allow this" },
  notFound: { code: "request/not-found", status: 404, title: "There is nothing here" },
  methodNotAllowed: { code: "request/method-not-allowed", status: 405, title: "This path does not take that method" },
  conflict: { code: "request/conflict", status: 409, title: "Somebody else changed it first" },
  preconditionFailed: { code: "request/precondition-failed", status: 412, title: "It has changed since you read it" },
  tooLarge: { code: "request/too-large", status: 413, title: "The body is too large" },
  unsupportedMediaType: { code: "request/unsupported-media-type", status: 415, title: "Send JSON" },
  idempotencyMismatch: { code: "request/idempotency-mismatch", status: 422, title: "This Idempotency-Key was used for another request" },
  rateLimited: { code: "request/rate-limited", status: 429, title: "Too many requests" },
  internal: { code: "server/internal", status: 500, title: "Something broke on our side" },
  unavailable: { code: "server/unavailable", status: 503, title: "Busy for a moment" },
} as const satisfies Record<string, ProblemType>;

/** Why something did not go as hoped, kept with the object in the words of problem details. */
export type Trouble = { code: string; title: string; detail: string };

export const troubleOf = ({ code, title }: ProblemType, detail: string): Trouble => ({ code, title, detail });

/** The object, unless its reader has said that it saw another version: `request/precondition-failed`. `what` is its kind, in a sentence. */
export function requireVersion<T extends { version: number }>(object: T, ifVersion: number | undefined, what: string): T {
  if (ifVersion !== undefined && ifVersion !== object.version)
    throw new Problem(problems.preconditionFailed, `Read the ${what} again and repeat the request.`);
  return object;
}

/** A stranger's object and a missing one are told alike. */
export const notFound = (what: string): Problem => new Problem(problems.notFound, `There is no such ${what} in this workspace.`);
