import { insert, type Key, type Row, replace, type Table } from "../kernel/index.ts";
import type { Job, JobState } from "./job.ts";
import type { JobStore } from "./store.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/generations`;
const statePartition = (workspaceId: string, state: JobState): string => `${partition(workspaceId)}/${state}`;
const keyOf = (workspaceId: string, id: string): Key => ({ pk: partition(workspaceId), sk: id });

const rowOf = (job: Job): Row<Job> => ({ ...keyOf(job.workspaceId, job.id), statePk: statePartition(job.workspaceId, job.state), ...job });

export const jobStore = (table: Table): JobStore => ({
  create: (ctx, job, event) => table.write(insert({ ...rowOf(job), event }), ...(ctx.once ? [ctx.once.record(job)] : [])),
  get: ({ workspaceId, id }) => table.get<Job>(keyOf(workspaceId, id)),
  list: (workspaceId, { state, limit, cursor }) =>
    table.page<Job>({ pk: partition(workspaceId), statePk: state && statePartition(workspaceId, state), limit, cursor }),
  save: (job, { event, beside = [] } = {}) => table.write(replace(event ? { ...rowOf(job), event } : rowOf(job)), ...beside),
});
