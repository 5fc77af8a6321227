import type { Outside } from "../outside/index.ts";
import type { ImageModel, Quality } from "./catalogue.ts";
import type { EditModel, EditOperation } from "./edit-catalogue.ts";

/** One image that is wanted. Sides in pixels: the nearest that the model can do is taken. */
export type Picture = {
  /** Of the attempt that was recorded before the call: one attempt, at most one paid piece of work. */
  attemptId: string;
  model: string;
  prompt: string;
  negativePrompt?: string | undefined;
  style?: string | undefined;
  width: number;
  height: number;
  quality: Quality;
  /** 0 to 4,294,967,295. A model with a smaller range gets the remainder; one without seeds draws as it likes. */
  seed: number;
  /** Where the provider may tell what becomes of it. It should name the attempt, and be hard to guess. */
  webhookUrl?: string | undefined;
};

/** One change of a picture that is wanted. */
export type Alteration = {
  /** As a picture's. */
  attemptId: string;
  model: string;
  operation: EditOperation;
  source: SourceFile;
  webhookUrl?: string | undefined;
};

/** The picture that is to be changed: a whole PNG, JPEG or WebP. Sides in pixels. */
export type SourceFile = { bytes: Buffer; mimeType: string; width: number; height: number };

/** What was drawn: the file, or where it lies for now. Get it with `fetchOutput`, soon. */
export type Output = { kind: "bytes"; bytes: Buffer; mimeType: string } | { kind: "url"; url: string };

/**
 * What is to be done about a failure:
 * - `retry`: the same provider, after `retryAfterMs`; nothing was taken
 * - `fall-back`: the next provider, now; this one takes nothing more, or has failed at it
 * - `refused`: content; no provider is to be asked with the same words
 * - `misfit`: it has answered, but not what was asked for; another may, and nothing is wrong with this one
 * - `bad-request`: what was asked for cannot be done by this model; asking again brings the same
 * - `reauthorise`: the key is missing, wrong or not allowed; a person has to mend it
 * - `out-of-credit`: a person has to pay, or a day has to pass
 * - `unknown-outcome`: the request may have reached them and no answer came that can be read, so it may be billed; look it up, or record it
 */
export type FailureClass =
  | "retry"
  | "fall-back"
  | "refused"
  | "misfit"
  | "bad-request"
  | "reauthorise"
  | "out-of-credit"
  | "unknown-outcome";

export type Failure = {
  class: FailureClass;
  /** What happened and what to do, in plain words. Holds no key. */
  detail: string;
  retryAfterMs?: number;
  /** What is billed all the same, in millionths of a dollar. */
  billedMicroUsd?: number;
};

export type Done = {
  kind: "done";
  outputs: readonly Output[];
  /** Millionths of a dollar, by the provider's own count where it gives one, else by the catalogue. */
  costMicroUsd: number;
  /** The provider's id of the work, for its support. */
  requestId?: string | undefined;
  /** As exact as it is known. */
  modelVersion?: string | undefined;
  /** The seed that was used, where it is told. */
  seed?: number | undefined;
};

export type Failed = { kind: "failed"; failure: Failure };
/** They draw on; ask for `reference` after that time. */
export type Accepted = { kind: "accepted"; reference: string; pollAfterMs: number };
/** `progress` is 0 to 1. */
export type Running = { kind: "running"; progress?: number; pollAfterMs: number };
/** The question was not answered: nothing is known of the work. Ask again. */
export type Unanswered = { kind: "unanswered"; failure: Failure; pollAfterMs: number };

export type Submitted = Done | Accepted | Failed;
export type Polled = Done | Running | Failed | Unanswered;
export type Fetched = { kind: "file"; bytes: Buffer; mimeType: string } | Failed;

/** What is known of an attempt of which it is not known what came of it. */
type Lost = {
  /** ISO 8601, written before the call. */
  startedAt: string;
  /** References that other attempts have brought: what is theirs is not this one's. */
  known?: readonly string[];
};
export type Attempt = Lost & { picture: Picture };
export type EditAttempt = Lost & { alteration: Pick<Alteration, "attemptId" | "model"> };
/** `absent`: they surely have no such work. */
export type Found = { kind: "found"; reference: string } | { kind: "absent" } | { kind: "unknown"; detail: string };

/**
 * Whatever draws. Expected failures are values and nothing is thrown for them. Each `submit` makes exactly one paid request; none of these
 * repeats anything by itself.
 */
export type Provider = {
  readonly name: string;
  /** The settings that are missing, by name; empty where it can be used. */
  missing(): readonly string[];
  /** What a picture costs at most, in millionths of a dollar. 0 for a model that it does not have: `submit` says so. */
  estimate(picture: Picture): number;
  submit(picture: Picture): Promise<Submitted>;
  poll?(reference: string): Promise<Polled>;
  /** Asks to stop. Whether it did, and what is billed, polling tells. */
  cancel?(reference: string): Promise<{ kind: "asked" } | Failed>;
  lookUp?(attempt: Attempt): Promise<Found>;
  /** Where it has models that change pictures. What it accepts is polled, canceled and fetched as a drawing is. */
  editor?: Editor;
  /** The file, once its size and first and last bytes are those of a whole PNG, JPEG or WebP. */
  fetchOutput(output: Output): Promise<Fetched>;
};

/** Changes pictures, under the same promises: one `submit`, one paid request. */
export type Editor = {
  /** What it costs at most, in millionths of a dollar. 0 for a model that it does not have: `submit` says so. */
  estimate(alteration: Pick<Alteration, "model">): number;
  submit(alteration: Alteration): Promise<Submitted>;
  lookUp?(attempt: EditAttempt): Promise<Found>;
};

/** What is configured for one provider. */
export type Settings = {
  key?: string | undefined;
  /** Instead of the provider's own, and trusted: it may be a private address. */
  baseUrl?: string | undefined;
  /** Of AWS, where the provider is there. */
  region?: string | undefined;
  /** With which the provider signs what it tells. */
  webhookSecret?: string | undefined;
};

/** Milliseconds until an answer has to be there, whole: of a request that is paid, of any other, of a file. */
export type Patience = { submitMs: number; readMs: number; fileMs: number };

/** What every adapter is given. */
export type Means = {
  outside: Outside;
  /** The catalogue; each takes its own rows. */
  models: readonly ImageModel[];
  /** The same of models that change pictures. */
  edits?: readonly EditModel[];
  patience?: Partial<Patience>;
  /** Epoch milliseconds. By default the process's clock. */
  now?: () => number;
};
