import type { Context, Page, RowEvent, Trouble, Write } from "../kernel/index.ts";
import type { SourceFile } from "../providers/index.ts";
import type { Rating } from "../safety/index.ts";
import type { EditOf, Job, JobState } from "./job.ts";
import type { Standing } from "./plan.ts";

export type JobRef = { workspaceId: string; id: string };

/** A job that somebody should have finished, or begun, by `dueAt`, epoch milliseconds. */
export type OverdueJob = JobRef & { dueAt: number };
export const dueShards = 4;

/** An image file, who made it, and what is known of how. */
export type Drawn = {
  bytes: Buffer;
  mimeType: string;
  provider: string;
  model: string;
  /** As exact as it is known. */
  modelVersion?: string | undefined;
  /** Where the provider tells another than the one that was asked for. */
  seed?: number | undefined;
  /** The provider's id of the work, for its support. */
  requestId?: string | undefined;
  costMicroUsd: number;
};

/** Port to the rows of the library: those of images, or versions, to come, how they stand, and taking back what is not wanted any more. */
export type Shelf = {
  /** The row of an image that is going to be drawn. */
  announce(ctx: Context, id: string, job: Job, seed: number): Write;
  /** How far each of its images has come, in their order. */
  progress(job: Job): Promise<Standing[]>;
  /** Writes that bin those of the images that are still being processed. */
  withdrawals(ctx: Context, ids: readonly string[]): Promise<Write[]>;
  /** Bins all of these images of a job that nobody has reviewed; a version of an edit has failed, and is told why. */
  withdraw(ctx: Context, job: Job, ids: readonly string[], why?: Trouble): Promise<void>;
};

/** The rows, and the way of the files. Only whoever draws needs that, and the client that it takes. */
export type Library = Shelf & {
  /** Hands a drawn file to processing; `renderMs` is the time that drawing took. */
  deliver(ctx: Context, id: string, drawn: Drawn, renderMs: number, job: Job): Promise<void>;
  /** The picture that an edit changes, and for whom it is now. Undefined where it is not there any more. */
  source(ctx: Context, edit: EditOf): Promise<(SourceFile & { rating: Rating }) | undefined>;
};

/** Port of the jobs' rows. A write of a job is conditional on the version before it and throws `Conflict`. */
export type JobStore = {
  create(ctx: Context, job: Job, event: RowEvent, beside?: readonly Write[]): Promise<void>;
  /** The same as a write, for somebody's transaction. */
  insertion(job: Job, event: RowEvent): Write;
  get(ref: JobRef): Promise<Job | undefined>;
  list(workspaceId: string, query: { state?: JobState; limit: number; cursor?: string }): Promise<Page<Job>>;
  /** Oldest first, of one shard. */
  overdue(shard: number, until: number, limit: number): Promise<OverdueJob[]>;
  /** `beside` are writes that succeed or fail with it. An event is news for other domains. */
  save(job: Job, more?: { event?: RowEvent; beside?: Write[] }): Promise<void>;
};
