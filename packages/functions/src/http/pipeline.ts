import { type Gate, gateStore, makeGate, rateLimitHeaders } from "@atelier/core/gate";
import { personalWorkspace } from "@atelier/core/identity";
import { Conflict, type Context, isBusy, newId, Problem, problems, processClock } from "@atelier/core/kernel";
import middy from "@middy/core";
import type { Context as LambdaContext } from "aws-lambda";
import { once, table } from "../clients.ts";
import { logger } from "../log.ts";
import { measure } from "../metrics.ts";
import { admitAddress, identify, type Known } from "./caller.ts";
import type { HttpEvent, HttpResult } from "./event.ts";
import { repeatable } from "./idempotency.ts";
import { rawBodyOf, readInput } from "./input.ts";
import type { Answer, Operation } from "./operation.ts";
import { problemResponse } from "./problem-response.ts";
import { findOperation, findPage, type Page } from "./router.ts";

/** The gate of this process. */
export const gate = once((): Gate => makeGate(gateStore(table()), processClock));

/** What the steps of the pipeline tell each other about one request. */
type Traits = {
  requestId: string;
  headers: Record<string, string>;
  /** Of `performance.now()`. */
  began: number;
  /** What was asked for, and the object that it changes or makes. */
  operation: string;
  subject?: string;
};
type Invocation = LambdaContext & { atelier: Traits };

/** Makes the Lambda handler of an area: one pipeline for every operation, whatever its area. */
export function area(name: string, operations: readonly Operation[], pages: readonly Page[] = []) {
  return middy<HttpEvent, HttpResult, Error, Invocation>()
    .before(({ context }) => {
      context.atelier = { requestId: newId("req", processClock.now()), headers: {}, began: performance.now(), operation: "unknown" };
    })
    .after((request) => {
      const { requestId, headers } = request.context.atelier;
      if (request.response) request.response.headers = { ...headers, ...request.response.headers, "x-request-id": requestId };
      told(name, request.context.atelier, request.response?.statusCode ?? 200);
    })
    .onError((request) => {
      const { requestId, headers } = request.context.atelier;
      const problem = problemOf(request.error);
      // Its detail is for whoever asked: it may hold words of theirs, or a provider's.
      if (problem.type.status >= 500)
        logger.error(problem.type.code, { correlationId: requestId, ...(problem.cause instanceof Error && { error: problem.cause }) });
      request.response = problemResponse(problem, request.event.rawPath, requestId, headers);
      told(name, request.context.atelier, problem.type.status, problem.type.code);
    })
    .handler((event, context) => {
      const page = isReading(event.requestContext.http.method) ? findPage(pages, event.rawPath) : undefined;
      if (!page) return handle(operations, event, context.atelier);
      context.atelier.operation = "page";
      return page.run(event);
    });
}

/** One line for each request: figures, and what was asked for. Paths and bodies stay out of it, since people type them. */
function told(area: string, { requestId, began, operation, subject }: Traits, status: number, problem?: string): void {
  measure(
    { area, status: `${Math.floor(status / 100)}xx` },
    { RequestMs: Math.round(performance.now() - began), ...(status === 429 && { RateLimited: 1 }) },
    { message: operation, correlationId: requestId, subject, state: String(status), problem },
  );
}

/** Anything else in an id's place was made up by the caller. */
const idForm = /^[a-z]{3}_[0-9A-Z]{26}$/;

/** The gateway drops the body of an answer to HEAD. */
const isReading = (method: string): boolean => method === "GET" || method === "HEAD";

async function handle(operations: readonly Operation[], event: HttpEvent, traits: Traits): Promise<HttpResult> {
  const { op, params } = findOperation(operations, event.requestContext.http.method, event.rawPath);
  traits.operation = op.id;
  if (op.method !== "GET" && params.id !== undefined && idForm.test(params.id)) traits.subject = params.id;
  const { known, ctx } = await admit(op, event, traits);
  const input = readInput(op, event, params);
  const caller = {
    accessToken: known?.accessToken ?? "",
    signIn: known?.signIn ?? "",
    userId: known?.userId ?? "",
    tier: known?.passage.standing.tier ?? ("free" as const),
    ipAddress: event.requestContext.http.sourceIp,
    ifVersion: versionOf(event.headers["if-match"]),
    delivered: { headers: event.headers, rawBody: rawBodyOf(event) },
  };

  const said = async (outcome: unknown): Promise<HttpResult> => {
    const result = await say(op, outcome, ctx);
    traits.subject ??= String(result.headers?.location ?? "").match(/[a-z]{3}_[0-9A-Z]{26}$/)?.[0];
    return result;
  };
  const key = event.headers["idempotency-key"];
  if (!op.idempotent || key === undefined) return said(await op.run(ctx, input, caller));

  const repeat = repeatable(ctx, op, key, event.rawPath, event.body ?? "");
  const before = await repeat.replay();
  if (before) return replayed(await said(before.outcome));
  try {
    return await said(await op.run(repeat.context, input, caller));
  } catch (error) {
    // The same request, at the same time, may have been faster: then this one met what that one made.
    const meanwhile = error instanceof Conflict || error instanceof Problem ? await repeat.replay() : undefined;
    if (!meanwhile) throw error;
    return replayed(await said(meanwhile.outcome));
  }
}

async function admit(op: Operation, event: HttpEvent, traits: Traits): Promise<{ known: Known | undefined; ctx: Context }> {
  const nobody = {
    actor: { kind: "system" },
    role: "viewer",
    workspaceId: "",
    correlationId: traits.requestId,
    clock: processClock,
  } as const;
  if (op.auth === "open") return { known: undefined, ctx: nobody };
  const { authorization } = event.headers;
  if (op.auth === "none" || (op.auth === "optional" && authorization === undefined)) {
    const passage = await admitAddress(gate(), event.requestContext.http.sourceIp);
    traits.headers = rateLimitHeaders(passage.windows);
    return { known: undefined, ctx: nobody };
  }
  const known = await identify(gate(), authorization);
  traits.headers = rateLimitHeaders(known.passage.windows);
  const { userId } = known;
  return { known, ctx: { ...nobody, actor: { kind: "user", userId }, role: "owner", workspaceId: personalWorkspace(userId) } };
}

async function say(op: Operation, outcome: unknown, ctx: Context): Promise<HttpResult> {
  const { body, version, location }: Answer<unknown> = op.view ? await op.view(outcome, ctx) : { body: outcome };
  return {
    statusCode: op.status,
    headers: {
      "cache-control": "no-store",
      ...(body !== undefined && { "content-type": op.produces ?? "application/json" }),
      ...(version !== undefined && { etag: `"${version}"` }),
      ...(location !== undefined && { location }),
    },
    ...(body !== undefined && { body: op.produces === undefined ? JSON.stringify(body) : String(body) }),
  };
}

const replayed = (result: HttpResult): HttpResult => ({ ...result, headers: { ...result.headers, "idempotency-replayed": "true" } });

/** `"7"` → 7. A tag that is not ours matches no version. */
function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === "*") return undefined;
  return Number(/^"(\d{1,15})"$/.exec(ifMatch)?.[1] ?? -1);
}

/** Only what the caller sent becomes a 4xx. */
function problemOf(error: Error | null | undefined): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Conflict)
    return new Problem(problems.conflict, "Somebody changed it at the same moment. Read it again and repeat the request.");
  if (isBusy(error))
    return new Problem(problems.unavailable, "Too much is going on at this moment. Try again in a second.", {
      headers: { "retry-after": "1" },
      cause: error,
    });
  return new Problem(
    problems.internal,
    "Nothing of your request was lost that we confirmed. Try again; if it stays, report the request id.",
    { cause: error },
  );
}
