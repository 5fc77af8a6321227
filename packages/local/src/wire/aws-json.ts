import { randomUUID } from "node:crypto";
import type { WireHandler, WireRequest, WireResponse } from "./http.ts";
import { type Credential, type Credentials, type SignatureProblem, verifySignature } from "./sigv4.ts";

/** An error that goes to the client under AWS's own name, e.g. `UsernameExistsException`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** `caller` is undefined only for actions named in `unsigned`; `request` is there for what lies outside the body, such as the host called. */
export type JsonAction = (
  input: Record<string, unknown>,
  caller: Credential | undefined,
  request: WireRequest,
) => unknown | Promise<unknown>;

/** A failed signature under AWS's name; the status is 403. */
export const signatureErrors: Record<SignatureProblem, string> = {
  MissingAuthentication: "MissingAuthenticationTokenException",
  InvalidAccessKeyId: "UnrecognizedClientException",
  SignatureDoesNotMatch: "InvalidSignatureException",
  RequestTimeTooSkewed: "InvalidSignatureException",
  RequestExpired: "InvalidSignatureException",
  ContentMismatch: "InvalidSignatureException",
  Malformed: "IncompleteSignatureException",
};

export type JsonServiceOptions = {
  /** Before the dot of `X-Amz-Target`, e.g. `AmazonSQS`. */
  target: string;
  version: "1.0" | "1.1";
  signingName: string;
  region: string;
  credentials: Credentials;
  actions: Record<string, JsonAction>;
  /** Actions that anybody may call, as some of Cognito's. */
  unsigned?: ReadonlySet<string>;
  /** SQS names errors `com.amazonaws.sqs#…` and tells the query name in a header. */
  errorHeaders?: (error: AwsError) => Record<string, string>;
};

/** Serves the AWS JSON protocol. An action that is not listed is refused by its name. */
export function jsonService(options: JsonServiceOptions): WireHandler {
  const contentType = `application/x-amz-json-${options.version}`;
  const reply = (status: number, body: unknown, extra: Record<string, string> = {}): WireResponse => ({
    status,
    headers: { "content-type": contentType, "x-amzn-requestid": randomUUID(), ...extra },
    body: JSON.stringify(body ?? {}),
  });

  return async (request) => {
    try {
      const [target, action = ""] = (request.headers["x-amz-target"] ?? "").split(".");
      const run = target === options.target && Object.hasOwn(options.actions, action) ? options.actions[action] : undefined;
      if (request.method !== "POST" || !run)
        throw new AwsError("UnknownOperationException", `The embedded ${options.target} does not have the call “${action}”.`);
      const caller = options.unsigned?.has(action) ? undefined : authenticate(request, options);
      return reply(200, await run(parseJsonObject(request), caller, request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return reply(error.status, { __type: error.code, message: error.message }, options.errorHeaders?.(error));
    }
  };
}

function authenticate(request: WireRequest, { credentials, signingName: service, region }: JsonServiceOptions): Credential {
  const verified = verifySignature(request, { credentials, service, region });
  if (!verified.ok) throw new AwsError(signatureErrors[verified.problem], verified.detail, 403);
  return verified.credential;
}

/** @throws SerializationException */
export function parseJsonObject(request: WireRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(request.body.toString("utf8") || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the one error for both.
  }
  throw new AwsError("SerializationException", "The body is not a JSON object.");
}
