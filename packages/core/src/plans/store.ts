import type { Context, Page, RowEvent, Write } from "../kernel/index.ts";
import type { Plan, PlanState } from "./plan.ts";
import type { Run } from "./run.ts";

export type PlanRef = { workspaceId: string; id: string };

/** A plan that has something to do, as the index tells it; `dueAt` in epoch milliseconds. */
export type DuePlan = PlanRef & { dueAt: number };

type Asked = { limit: number; cursor?: string | undefined };

/** Port of plans and their runs. Writes are conditional on the version before and throw `Conflict`. */
export type PlanStore = {
  create(ctx: Context, plan: Plan, event?: RowEvent): Promise<void>;
  /** `runs` are new ones, `beside` what is asked for: all of it or nothing. */
  save(plan: Plan, more?: { event?: RowEvent | undefined; runs?: readonly Run[]; beside?: readonly Write[] }): Promise<void>;
  get(ref: PlanRef): Promise<Plan | undefined>;
  /** Newest first. */
  list(workspaceId: string, page: Asked & { state?: PlanState | undefined }): Promise<Page<Plan>>;
  /** Quotas of a workspace that have something to do by then, in one call. */
  dueQuotas(workspaceId: string, until: number): Promise<PlanRef[]>;
  /** Oldest first, of one shard: the first shard holds quotas, the others calendars. */
  due(shard: number, until: number, limit: number): Promise<DuePlan[]>;

  getRun(workspaceId: string, planId: string, id: string): Promise<Run | undefined>;
  saveRun(run: Run): Promise<void>;
  /** Newest first. */
  listRuns(workspaceId: string, planId: string, page: Asked): Promise<Page<Run>>;
};

/** One for quotas, of which there are few, and four for calendars. */
export const dueShards = 5;
