import type { Clock } from "../clock.ts";
import type { JsonAction } from "../wire/aws-json.ts";
import type { WireRequest } from "../wire/http.ts";
import { runBatch } from "./batches.ts";
import { invalidParameter, noSuchQueue, sqsError } from "./errors.ts";
import { type Input, isObject, optionalObject, optionalText, optionalWhole, text, texts, whole } from "./input.ts";
import { type MessageAttributes, maxMessageBytes, md5Hex, md5OfAttributes, readAttributes, type SqsMessage, sizeOf } from "./message.ts";
import { attributesOf } from "./queue-attributes.ts";
import { maxDelaySeconds, maxVisibilitySeconds, type Queues, type SendOptions } from "./queues.ts";

const purgePauseMs = 60_000;

type Deps = {
  queues: Queues;
  clock: Clock;
  account: string;
  urlOf: (name: string, base: string) => string;
  baseUrl?: (() => string) | undefined;
};

/** The calls of the wire. Whatever is not here is refused by name. */
export function makeActions({ queues, clock, account, urlOf, baseUrl }: Deps): Record<string, JsonAction> {
  const purgedAt = new Map<string, number>();
  const baseOf = (request: WireRequest): string => baseUrl?.() ?? `http://${request.headers.host}`;

  /** Hosts differ between processes and tests; account and name do not. */
  function queueOf(input: Input): string {
    const url = text(input, "QueueUrl");
    const [, owner, name] = /\/([^/]+)\/([^/]+)\/?$/.exec(url) ?? [];
    if (owner !== account || !name || !queues.has(name)) throw noSuchQueue();
    return name;
  }

  function sendOne(queue: string, input: Input): Input {
    const body = text(input, "MessageBody");
    const options = readSendOptions(input);
    const system = readSystemAttributes(input);
    const messageId = queues.send(queue, body, { ...options, ...(system.trace !== undefined && { traceHeader: system.trace }) });
    return {
      MessageId: messageId,
      MD5OfMessageBody: md5Hex(body),
      MD5OfMessageAttributes: md5OfAttributes(options.attributes ?? {}),
      MD5OfMessageSystemAttributes: md5OfAttributes(system.attributes),
    };
  }

  const removeOne = (queue: string, input: Input): Input => {
    queues.remove(queue, text(input, "ReceiptHandle"));
    return {};
  };

  return {
    SendMessage: (input) => sendOne(queueOf(input), input),
    SendMessageBatch: (input) => {
      const queue = queueOf(input);
      return runBatch(input, (entry) => sendOne(queue, entry), {
        maxBytes: maxMessageBytes,
        sizeOf: (entry) => sizeOf(optionalText(entry, "MessageBody") ?? "", lenientAttributes(entry)),
      });
    },
    async ReceiveMessage(input) {
      const queue = queues.find(queueOf(input));
      const visibilitySeconds = optionalWhole(input, "VisibilityTimeout", 0, maxVisibilitySeconds);
      const received = await queues.receive(queue.name, {
        max: optionalWhole(input, "MaxNumberOfMessages", 1, 10) ?? 1,
        waitMs: (optionalWhole(input, "WaitTimeSeconds", 0, 20) ?? queue.receiveWaitSeconds ?? 0) * 1000,
        ...(visibilitySeconds !== undefined && { visibilitySeconds }),
      });
      const system = [...texts(input, "AttributeNames"), ...texts(input, "MessageSystemAttributeNames")];
      const own = texts(input, "MessageAttributeNames");
      return received.length > 0 ? { Messages: received.map((message) => toWire(message, system, own)) } : {};
    },
    DeleteMessage: (input) => removeOne(queueOf(input), input),
    DeleteMessageBatch: (input) => {
      const queue = queueOf(input);
      return runBatch(input, (entry) => removeOne(queue, entry));
    },
    ChangeMessageVisibility: (input) =>
      queues.changeVisibility(queueOf(input), text(input, "ReceiptHandle"), whole(input, "VisibilityTimeout", 0, maxVisibilitySeconds)),
    GetQueueUrl: (input, _caller, request) => {
      const name = text(input, "QueueName");
      if ((optionalText(input, "QueueOwnerAWSAccountId") ?? account) !== account || !queues.has(name)) throw noSuchQueue();
      return { QueueUrl: urlOf(name, baseOf(request)) };
    },
    GetQueueAttributes: (input) => {
      const attributes = attributesOf(queues, queueOf(input), texts(input, "AttributeNames"));
      return Object.keys(attributes).length > 0 ? { Attributes: attributes } : {};
    },
    PurgeQueue: (input) => {
      const queue = queueOf(input);
      const now = clock.now();
      // A clock turned back must not close the queue to purges.
      if (Math.abs(now - (purgedAt.get(queue) ?? Number.NEGATIVE_INFINITY)) < purgePauseMs)
        throw sqsError("PurgeQueueInProgress", `Only one PurgeQueue operation on ${queue} is allowed every 60 seconds.`, 403);
      purgedAt.set(queue, now);
      queues.purge(queue);
    },
    ListQueues: (input, _caller, request) => {
      const prefix = optionalText(input, "QueueNamePrefix") ?? "";
      const max = optionalWhole(input, "MaxResults", 1, 1000);
      const after = Buffer.from(optionalText(input, "NextToken") ?? "", "base64url").toString();
      const names = queues.names().filter((name) => name.startsWith(prefix) && name > after);
      const page = names.slice(0, max ?? 1000);
      return {
        QueueUrls: page.map((name) => urlOf(name, baseOf(request))),
        // AWS pages only for callers that say how much they want.
        ...(max && names.length > max && { NextToken: Buffer.from(page.at(-1) ?? "").toString("base64url") }),
      };
    },
  };
}

function readSendOptions(input: Input): SendOptions {
  if (optionalText(input, "MessageDeduplicationId") !== undefined)
    throw invalidParameter("The request includes a parameter that is not valid for this queue type: MessageDeduplicationId.");
  const delaySeconds = optionalWhole(input, "DelaySeconds", 0, maxDelaySeconds);
  const groupId = optionalText(input, "MessageGroupId");
  if (groupId !== undefined && !/^[\x21-\x7E]{1,128}$/.test(groupId))
    throw invalidParameter("MessageGroupId can only include alphanumeric and punctuation characters, 1 to 128 of them.");
  return {
    attributes: readAttributes(optionalObject(input, "MessageAttributes")),
    ...(delaySeconds !== undefined && { delaySeconds }),
    ...(groupId !== undefined && { groupId }),
  };
}

function readSystemAttributes(input: Input): { attributes: MessageAttributes; trace: string | undefined } {
  const given = optionalObject(input, "MessageSystemAttributes");
  for (const name of Object.keys(given))
    if (name !== "AWSTraceHeader") throw invalidParameter(`The message system attribute “${name}” is invalid.`);
  const attributes = readAttributes(given);
  return { attributes, trace: attributes.AWSTraceHeader?.StringValue };
}

/** For the size of a batch only: an entry with wrong attributes gets its own error later. */
function lenientAttributes(entry: Input): MessageAttributes {
  const given = entry.MessageAttributes;
  if (!isObject(given)) return {};
  const sound = Object.entries(given).filter(([, value]) => isObject(value) && typeof value.DataType === "string");
  return Object.fromEntries(sound) as MessageAttributes;
}

function toWire(message: SqsMessage, system: string[], own: string[]): Input {
  const systemAttributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => system.includes("All") || system.includes(name)),
  );
  const attributes = Object.fromEntries(
    Object.entries(message.messageAttributes).filter(([name]) => own.some((wanted) => matches(wanted, name))),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    ...(Object.keys(systemAttributes).length > 0 && { Attributes: systemAttributes }),
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

/** `All`, `.*`, `prefix.*` or the name itself. */
function matches(wanted: string, name: string): boolean {
  if (wanted === "All" || wanted === ".*") return true;
  return wanted.endsWith(".*") ? name.startsWith(wanted.slice(0, -2)) : wanted === name;
}
