import { randomUUID } from "node:crypto";
import { element } from "../s3/xml.ts";
import type { WireRequest, WireResponse } from "../wire/http.ts";

/** What AWS says when it refuses, service by service, so that SDK clients see what they would see there. */

type Refusal = { status: number; code: string; message: string; more?: Record<string, unknown> };

const shapes: Record<string, string> = {
  dynamodb: "com.amazonaws.dynamodb.v20120810#",
  sqs: "com.amazonaws.sqs#",
};

function refused(service: string, { status, code, message, more }: Refusal): WireResponse {
  const requestId = randomUUID();
  if (service === "s3")
    return {
      status,
      headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
      body: element("Error", [
        ["Code", code],
        ["Message", message],
        ["RequestId", requestId],
      ]),
    };
  return {
    status,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": code,
      ...(service === "sqs" && { "x-amzn-query-error": `${code};${status < 500 ? "Sender" : "Receiver"}` }),
    },
    body: JSON.stringify({ __type: `${shapes[service] ?? ""}${code}`, message, ...more }),
  };
}

const tooFast: Record<string, Refusal> = {
  dynamodb: {
    status: 400,
    code: "ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded.",
  },
  sqs: { status: 400, code: "RequestThrottled", message: "Request is throttled." },
  s3: { status: 503, code: "SlowDown", message: "Please reduce your request rate." },
  cognito: { status: 400, code: "TooManyRequestsException", message: "Rate exceeded" },
  ses: { status: 429, code: "TooManyRequestsException", message: "Rate exceeded" },
  eventbridge: { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
};

/** A transaction is canceled as a whole, with a reason for each of its items; `index` is the item that the reason is for. */
function canceled(count: number, index: number, Code: string, Message: string): WireResponse {
  const reasons = Array.from({ length: count }, (_, at) => (at === index ? { Code, Message } : { Code: "None" }));
  return refused("dynamodb", {
    status: 400,
    code: "TransactionCanceledException",
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((reason) => reason.Code).join(", ")}]`,
    more: { CancellationReasons: reasons },
  });
}

const itemsOf = (request: WireRequest): number => {
  try {
    return (JSON.parse(request.body.toString("utf8")) as { TransactItems?: unknown[] }).TransactItems?.length ?? 1;
  } catch {
    return 1;
  }
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export function throttled(service: string, call: string, request: WireRequest, random: () => number): WireResponse {
  if (service === "dynamodb" && call === "TransactWriteItems") {
    const count = itemsOf(request);
    return canceled(
      count,
      Math.floor(random() * count),
      "ThrottlingError",
      "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.",
    );
  }
  const refusal = tooFast[service];
  return refusal ? refused(service, refusal) : { status: 429, headers: { "retry-after": "1" }, body: "" };
}

const singleWrites = ["PutItem", "UpdateItem", "DeleteItem"];
const s3Writes = ["PutObject", "CopyObject", "DeleteObject", "DeleteObjects"];

/** Whether another writer can be met by this call at all. */
export const canConflict = (service: string, call: string): boolean =>
  (service === "dynamodb" && (call === "TransactWriteItems" || singleWrites.includes(call))) ||
  (service === "s3" && s3Writes.includes(call));

/** Another transaction is at the same row: nothing was decided about the condition, and nothing was written. */
export function conflicted(service: string, call: string, request: WireRequest, random: () => number): WireResponse {
  if (service === "s3")
    return refused("s3", {
      status: 409,
      code: "OperationAborted",
      message: "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    });
  if (call === "TransactWriteItems") {
    const count = itemsOf(request);
    return canceled(count, Math.floor(random() * count), "TransactionConflict", "Transaction is ongoing for the item");
  }
  return refused("dynamodb", { status: 400, code: "TransactionConflictException", message: "Transaction is ongoing for the item" });
}

export function failed(service: string, status = 500): WireResponse {
  const unavailable = status === 503;
  const codes: Record<string, string> = { dynamodb: "InternalServerError", s3: "InternalError", cognito: "InternalErrorException" };
  const code = unavailable ? "ServiceUnavailable" : (codes[service] ?? "InternalFailure");
  return refused(service, { status, code, message: unavailable ? "Please try again." : "We encountered an internal error." });
}

/** Calls whose answer can say of a part that it was not done. */
export const canBePartial = (call: string): boolean => ["BatchGetItem", "SendMessageBatch", "PutEvents"].includes(call);

/** The same answer, with some entries, at least one, told as not done although they were. */
export function partly(call: string, request: WireRequest, answer: WireResponse, random: () => number): WireResponse {
  if (answer.status !== 200) return answer;
  const body = rewrite[call]?.(JSON.parse(request.body.toString("utf8")), JSON.parse(String(answer.body)), random);
  if (!body) return answer;
  // They were of the answer as it was.
  const { "content-length": _length, "x-amz-crc32": _sum, ...headers } = answer.headers ?? {};
  return { ...answer, headers, body: JSON.stringify(body) };
}

type Json = Record<string, unknown>;
const rewrite: Record<string, (asked: Json, answered: Json, random: () => number) => Json> = {
  BatchGetItem(asked, answered, random) {
    const tables = Object.entries(asked.RequestItems as Record<string, { Keys: Json[] }>);
    const unprocessed: Json = {};
    const responses: Json = {};
    for (const [table, { Keys, ...rest }] of tables) {
      const left = some(Keys, random);
      const isLeft = (row: Json) =>
        left.some((key) => Object.entries(key).every(([name, at]) => JSON.stringify(row[name]) === JSON.stringify(at)));
      unprocessed[table] = { ...rest, Keys: left };
      responses[table] = ((answered.Responses as Record<string, Json[]>)[table] ?? []).filter((row) => !isLeft(row));
    }
    return { ...answered, Responses: responses, UnprocessedKeys: unprocessed };
  },
  SendMessageBatch(_asked, answered, random) {
    const taken = answered.Successful as { Id: string }[];
    const lost = some(taken, random);
    const Failed = lost.map(({ Id }) => ({ Id, SenderFault: false, Code: "InternalError", Message: "Please try again." }));
    return { Successful: taken.filter((entry) => !lost.includes(entry)), Failed };
  },
  PutEvents(_asked, answered, random) {
    const entries = answered.Entries as Json[];
    const lost = some(entries, random);
    const Entries = entries.map((entry) =>
      lost.includes(entry) ? { ErrorCode: "InternalFailure", ErrorMessage: "Please try again." } : entry,
    );
    return { FailedEntryCount: lost.length, Entries };
  },
};

/** Some of a list, at least one of it, in its order. */
function some<T>(list: readonly T[], random: () => number): T[] {
  const certain = Math.floor(random() * list.length);
  return list.filter((_, index) => random() < 0.5 || index === certain);
}
