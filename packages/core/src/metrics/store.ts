import type { Page, RowEvent, Write } from "../kernel/index.ts";
import type { Alert, Watch } from "./alert.ts";
import type { Sums } from "./sums.ts";

/** What was counted of an image's review, so that a later one takes its place. */
export type Reviewed = { imageId: string; imageVersion: number; decision: "approved" | "rejected" | "open"; version: number };

/** Port of what is counted by the day, and of alerts. */
export type MetricsStore = {
  /** Adds to a day, `YYYY-MM-DD`, and writes what belongs to it, all or nothing. Throws `Conflict` where something of it was written before. */
  add(workspaceId: string, day: string, by: Sums, beside: readonly Write[]): Promise<void>;
  /** The write that does the same, for the transaction that writes down what is counted. Of at least one sum; it has no condition. */
  addition(workspaceId: string, day: string, by: Sums): Write;
  /** The days from one to another, both included. One read for each megabyte. */
  days(workspaceId: string, from: string, to: string): Promise<{ day: string; sums: Sums }[]>;
  /** The mark of a generation that has been counted. It lasts longer than any message. */
  mark(workspaceId: string, generationId: string, finishedAt: string, now: number): Write;
  reviewed(workspaceId: string, imageId: string): Promise<Reviewed | undefined>;
  review(workspaceId: string, reviewed: Reviewed): Write;
  watches(workspaceId: string, subjects: readonly string[]): Promise<(Watch & { version: number })[]>;
  watch(workspaceId: string, subject: string, watch: Watch & { version: number }): Write;
  alert(workspaceId: string, id: string): Promise<Alert | undefined>;
  raise(alert: Alert, event: RowEvent): Write;
  /** `at`: RFC 3339. The event's version is told to nobody: an alert is raised once and over once. */
  resolve(workspaceId: string, id: string, at: string, event: RowEvent): Write;
  /** Notes that its people were written to, about its begin or its end. */
  told(workspaceId: string, id: string, what: "raised" | "resolved", at: string): Write;
  write(...writes: Write[]): Promise<void>;
  /** Newest first. */
  alerts(workspaceId: string, page: { limit: number; cursor?: string | undefined }): Promise<Page<Alert>>;
};
