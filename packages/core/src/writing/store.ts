import type { Page, Write } from "../kernel/index.ts";
import type { Call } from "./call.ts";

/** Port of the book of calls. Writes are conditional on the version before and throw `Conflict`. */
export type CallStore = {
  /** The call is the first of the writes of its transaction, and `beside` follows. */
  create(call: Call, beside: readonly Write[]): Promise<void>;
  save(call: Call, beside: readonly Write[]): Promise<void>;
  /** What belongs to no call, such as the record of a request that cost nothing. */
  keep(...writes: Write[]): Promise<void>;
  /** Newest first. */
  list(workspaceId: string, page: { limit: number; cursor?: string | undefined }): Promise<Page<Call>>;
};
