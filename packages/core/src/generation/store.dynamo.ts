import { createHash } from "node:crypto";
import { insert, type Key, type Row, replace, type Table } from "../kernel/index.ts";
import { type Attempt, leaseMs } from "./attempt.ts";
import { isOver, type Job, type JobState } from "./job.ts";
import { lookAtOf } from "./plan.ts";
import { dueShards, type JobStore, type OverdueJob } from "./store.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/generations`;
const statePartition = (workspaceId: string, state: JobState): string => `${partition(workspaceId)}/${state}`;
/** Edits are in no list: their versions are. */
const isEdit = (id: string): boolean => id.startsWith("edt_");
const keyOf = (workspaceId: string, id: string): Key => ({
  pk: isEdit(id) ? `workspace/${workspaceId}/edits` : partition(workspaceId),
  sk: id,
});

const shardName = (shard: number): string => `generations/${shard}`;
const shardOf = (id: string): number => (createHash("sha256").update(id).digest()[0] ?? 0) % dueShards;

/** A message comes when it is time to look; after this it is taken as lost. */
const messageLateMs = 60_000;

/**
 * When somebody should look after it: a job whose worker is silent, one whose messages are, a queued one that nobody has begun, one whose images are not
 * examined.
 */
function lookAt(job: Job): number {
  const writtenAt = Date.parse(job.updatedAt);
  const waits = lookAtOf(job, writtenAt);
  return (job.leaseUntil ?? (waits === undefined ? writtenAt + leaseMs : waits + messageLateMs)) + 1_000;
}

/** Rows from before attempts were those of images: all of them were the built-in renderer's, and free. */
const whole = (job: Job): Job => ({
  ...job,
  attempts: job.attempts.map(
    (attempt: Partial<Attempt> & Pick<Attempt, "id" | "startedAt">): Attempt => ({
      imageId: job.imageIds[0] ?? "",
      provider: job.provider,
      model: job.model,
      reservedMicroUsd: 0,
      ...attempt,
    }),
  ),
});

/** Only a job of which something is left to do is due. */
const rowOf = (job: Job): Row<Job> => ({
  ...keyOf(job.workspaceId, job.id),
  ...(!isEdit(job.id) && { statePk: statePartition(job.workspaceId, job.state) }),
  ...(!isOver(job) && { dueShard: shardName(shardOf(job.id)), dueAt: lookAt(job) }),
  ...job,
});

export const jobStore = (table: Table): JobStore => ({
  insertion: (job, event) => insert({ ...rowOf(job), event }),
  create: (ctx, job, event, beside = []) =>
    table.write(insert({ ...rowOf(job), event }), ...beside, ...(ctx.once ? [ctx.once.record(job)] : [])),
  async get({ workspaceId, id }) {
    const job = await table.get<Job>(keyOf(workspaceId, id));
    return job && whole(job);
  },
  async list(workspaceId, { state, limit, cursor }) {
    const page = await table.page<Job>({
      pk: partition(workspaceId),
      statePk: state && statePartition(workspaceId, state),
      limit,
      cursor,
    });
    return { ...page, items: page.items.map(whole) };
  },
  overdue: async (shard, until, limit) => (await table.due(shardName(shard), until, limit)) as OverdueJob[],
  save: (job, { event, beside = [] } = {}) => table.write(replace(event ? { ...rowOf(job), event } : rowOf(job)), ...beside),
});
