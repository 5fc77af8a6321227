import type { Clock } from "../clock.ts";
import { jsonService } from "../wire/aws-json.ts";
import type { WireHandler } from "../wire/http.ts";
import type { Credentials } from "../wire/sigv4.ts";
import { makeActions } from "./actions.ts";
import { queryErrorHeader } from "./errors.ts";
import type { SqsMessage } from "./message.ts";
import { moveActions } from "./move-actions.ts";
import { makeMoves } from "./moves.ts";
import { makeQueues, type QueueDepth, type QueueSettings, type ReceiveOptions, type SendOptions } from "./queues.ts";
import { openStore } from "./store.ts";

export type SqsOptions = {
  /** SQLite file, or `:memory:`. */
  file: string;
  region: string;
  account: string;
  clock: Clock;
  credentials: Credentials;
  /** Origin of the queue URLs that are handed out; without it, the host that the caller called. */
  baseUrl?: () => string;
};

/** Standard queues. The in-process calls throw the same `AwsError`s as the wire, e.g. `com.amazonaws.sqs#QueueDoesNotExist`. */
export type Sqs = {
  handle: WireHandler;
  /** Ends long polls, empty, and closes the file. */
  close(): void;
  /** Idempotent: settings may change, messages stay. The dead-letter queue may be defined later. */
  defineQueue(settings: QueueSettings): void;
  arnOf(name: string): string;
  urlOf(name: string, base: string): string;
  /** Durable when it returns. Returns the message's id. */
  send(name: string, body: string, options?: SendOptions): string;
  /** Up to `max` messages, none after `waitMs` of real time or when `signal` aborts. */
  receive(name: string, options: ReceiveOptions): Promise<SqsMessage[]>;
  /** A stale receipt handle has no effect. */
  remove(name: string, receiptHandle: string): void;
  /** 0 gives the message back at once. */
  changeVisibility(name: string, receiptHandle: string, visibilitySeconds: number): void;
  depths(): QueueDepth[];
  /** The oldest messages, whatever their state, left as they are; their receipt handles are empty or somebody else's. */
  peek(name: string, max: number): SqsMessage[];
  /** Moves what waits in a dead-letter queue back to where it came from; returns how many. */
  redrive(deadLetterQueue: string): number;
  purge(name: string): void;
};

export function createSqs({ file, region, account, clock, credentials, baseUrl }: SqsOptions): Sqs {
  const store = openStore(file);
  const queues = makeQueues({ store, clock, region, account });
  const moves = makeMoves({ store, queues, clock });
  const urlOf = (name: string, base: string): string => `${base.replace(/\/$/, "")}/${account}/${name}`;
  const handle = jsonService({
    target: "AmazonSQS",
    version: "1.0",
    signingName: "sqs",
    region,
    credentials,
    actions: { ...makeActions({ queues, clock, account, urlOf, baseUrl }), ...moveActions(queues, moves) },
    errorHeaders: queryErrorHeader,
  });

  return {
    handle,
    close() {
      moves.close();
      queues.close();
      store.database.close();
    },
    defineQueue: queues.define,
    arnOf: queues.arnOf,
    urlOf,
    send: queues.send,
    receive: queues.receive,
    remove: queues.remove,
    changeVisibility: queues.changeVisibility,
    depths: queues.depths,
    peek: queues.peek,
    redrive: (deadLetterQueue) => queues.redrive(deadLetterQueue),
    purge: queues.purge,
  };
}
