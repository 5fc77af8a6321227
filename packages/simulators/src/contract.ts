import type { IncomingHttpHeaders } from "node:http";
import type { Answer, Drip } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Fault, Order, OrderBook, Place } from "./faults.ts";
import type { JobRunner } from "./jobs.ts";
import type { Prediction, Work } from "./ledger.ts";

export type ProviderOptions = {
  /** The API key that it accepts. Each provider has a default of its usual form. */
  key?: string;
  /** 0 takes a free one, which is the default. */
  port?: number;
  /** How long each request waits before it is looked at. Default [0, 0]. */
  latencyMs?: readonly [min: number, max: number];
  /** How long each step of asynchronous work takes. Default [0, 0]: as soon as the request was answered. */
  stepMs?: readonly [min: number, max: number];
  /** Of latencies, and of seeds that a request leaves open. The same seed goes the same way. Default 1. */
  seed?: number;
  /** Its clock, epoch milliseconds: of its rate limits, time stamps and of how long it keeps things. Waiting is done in real time. */
  now?: () => number;
  /** How slowly `slowDrip` sends. Default 64 bytes every 50 ms. */
  drip?: Drip;
};

/** A request as it was seen. Of more than 10,000 the oldest are forgotten. */
export type SeenRequest = {
  readonly at: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The start of a JSON body, or the names of a form's fields. */
  readonly summary: string;
  readonly headers: IncomingHttpHeaders;
  /** Absent as long as nothing was answered. */
  status?: number;
  fault?: Fault;
};

/** A stand-in of one provider of AI, the same to tests whoever it stands for. */
export type Provider = {
  readonly name: string;
  /** Stands for the provider's origin, such as `https://api.replicate.com`: paths are the provider's own. */
  readonly url: string;
  readonly key: string;
  /** What it can be ordered to do wrong. */
  readonly faults: readonly Fault[];
  /** Oldest first; those of `/_simulator` are none. */
  requests(): SeenRequest[];
  /** Every piece of paid work that it took, oldest first. */
  predictions(): Prediction[];
  /** How often each fault was done. */
  counts(): Partial<Record<Fault, number>>;
  /** @throws RangeError where the provider has no such fault. */
  order(fault: Fault, order?: Order): void;
  /** From now on all goes well, as at first. Counts stay. */
  behave(): void;
  /** From now on asynchronous work stays in its state. */
  hold(): void;
  /** Moves each piece of asynchronous work one state on. */
  step(): void;
  /** Asynchronous work goes on by itself again. */
  release(): void;
  close(): Promise<void>;
};

/** What a provider's own file finds in the base. */
export type House = {
  readonly key: string;
  /** Its origin. Known once it listens, which is before any request. */
  url(): string;
  now(): number;
  /** 0–1, from the seed. */
  random(): number;
  accept(work: Work): Prediction;
  readonly jobs: JobRunner;
  readonly orders: OrderBook;
  /** Resolves also when the simulator is closed. */
  sleep(ms: number): Promise<void>;
  /** Aborted when the simulator is closed. */
  readonly closing: AbortSignal;
};

/** How the provider itself says what goes wrong. */
export type Errors = {
  badKey(): Answer;
  notFound(): Answer;
  badBody(detail: string): Answer;
  tooLarge(): Answer;
  /** With Retry-After, or what the provider has in its place, where `retryAfterS` is given. */
  throttle(retryAfterS: number | undefined): Answer;
  serverError(): Answer;
  unavailable(): Answer;
  outOfCredit?(): Answer;
};

export type Route = {
  method: string;
  /** Of the whole path. Named groups become params. */
  path: RegExp;
  /** Where ordered faults find it. A route with none is `read`. */
  places?: readonly Exclude<Place, "webhook" | "read">[];
  /** Needs no key. */
  open?: boolean;
  run(exchange: Exchange): Answer | Promise<Answer>;
};

export type Definition = {
  name: string;
  faults: readonly Fault[];
  bodyBytesMax: number;
  /** Whether the key is there and right. */
  admits(headers: IncomingHttpHeaders): boolean;
  errors: Errors;
  /** Asked before anything is read, for limits of the provider's own. */
  limit?(request: { method: string; path: string }): Answer | undefined;
  routes: readonly Route[];
};
