import { createHash } from "node:crypto";
import { insert, type Key, type Row, replace, type Table } from "../kernel/index.ts";
import { isFinal, type Job, type JobState, leaseMs } from "./job.ts";
import { dueShards, type JobStore, type OverdueJob } from "./store.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/generations`;
const statePartition = (workspaceId: string, state: JobState): string => `${partition(workspaceId)}/${state}`;
const keyOf = (workspaceId: string, id: string): Key => ({ pk: partition(workspaceId), sk: id });

const shardName = (shard: number): string => `generations/${shard}`;
const shardOf = (id: string): number => (createHash("sha256").update(id).digest()[0] ?? 0) % dueShards;

/** When somebody should look after it: a queued job that nobody has begun, one whose worker is silent, one whose images are not examined. */
const lookAt = (job: Job): number => (job.leaseUntil ?? Date.parse(job.updatedAt) + leaseMs) + 1_000;

/** Only a job that has not ended is due. */
const rowOf = (job: Job): Row<Job> => ({
  ...keyOf(job.workspaceId, job.id),
  statePk: statePartition(job.workspaceId, job.state),
  ...(!isFinal(job.state) && { dueShard: shardName(shardOf(job.id)), dueAt: lookAt(job) }),
  ...job,
});

export const jobStore = (table: Table): JobStore => ({
  create: (ctx, job, event) => table.write(insert({ ...rowOf(job), event }), ...(ctx.once ? [ctx.once.record(job)] : [])),
  get: ({ workspaceId, id }) => table.get<Job>(keyOf(workspaceId, id)),
  list: (workspaceId, { state, limit, cursor }) =>
    table.page<Job>({ pk: partition(workspaceId), statePk: state && statePartition(workspaceId, state), limit, cursor }),
  overdue: async (shard, until, limit) => (await table.due(shardName(shard), until, limit)) as OverdueJob[],
  save: (job, { event, beside = [] } = {}) => table.write(replace(event ? { ...rowOf(job), event } : rowOf(job)), ...beside),
});
