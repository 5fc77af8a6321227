import type { Context, ProblemType, Tier } from "@atelier/core/kernel";
import type { Delivered } from "@atelier/core/outside";
import type * as z from "zod";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a request brings beside its input. */
export type Caller = {
  /** The bearer token as it came; only sign-in operations have a use for it. */
  accessToken: string;
  /** Id of the sign-in that the token belongs to. */
  signIn: string;
  userId: string;
  tier: Tier;
  ipAddress: string;
  /** From `If-Match`. */
  ifVersion?: number;
  /** As it came, for what others have signed. */
  delivered: Delivered;
};

type Input<P, Q, B> = { params: P; query: Q; body: B };

/** What goes back beside the body. */
export type Answer<R> = { body: R; version?: number; location?: string };

/**
 * One operation of the API, as a value: the router, validation, OpenAPI and the client all come from it.
 * `run` does it; `view` says it to the client. They are apart because the outcome of a repeated request with an Idempotency-Key is only said again.
 */
export type Operation<P = unknown, Q = unknown, B = unknown, O = unknown, R = unknown> = {
  /** Name in the client: `createPost`. */
  id: string;
  method: Method;
  /** `/v1/posts/{id}` */
  path: string;
  area: string;
  summary: string;
  description?: string;
  /** `none`: anybody, limited by address. `optional`: a token is looked at if there is one. */
  auth: "user" | "none" | "optional" | "open";
  status: number;
  /** Takes an Idempotency-Key. */
  idempotent?: boolean;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  response?: z.ZodType<R>;
  /** Type of its success where that is a text of its own and no JSON, such as `text/csv`. */
  produces?: string;
  /** What its success says in headers, beside those that every answer has: `ETag` where `view` gives a version, `Location` where it gives a place. */
  headers?: readonly ("ETag" | "Location")[];
  problems: readonly ProblemType[];
  example?: { body?: unknown; response?: unknown };
  run(ctx: Context, input: Input<P, Q, B>, caller: Caller): Promise<O>;
  view?(outcome: O, ctx: Context): Answer<R> | Promise<Answer<R>>;
};

/** Keeps the types of an operation's parts together; the router then treats all alike. */
export function operation<P, Q, B, O, R>(value: Operation<P, Q, B, O, R>): Operation {
  return value as unknown as Operation;
}
