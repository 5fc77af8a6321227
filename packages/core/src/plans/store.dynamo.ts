import { createHash } from "node:crypto";
import { insert, type Key, type Row, replace, type Table } from "../kernel/index.ts";
import type { Plan, PlanState } from "./plan.ts";
import type { Run } from "./run.ts";
import { type DuePlan, dueShards, type PlanStore } from "./store.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/plans`;
const statePartition = (workspaceId: string, state: PlanState): string => `${partition(workspaceId)}/${state}`;
const keyOf = (workspaceId: string, id: string): Key => ({ pk: partition(workspaceId), sk: id });
const runsOf = (workspaceId: string, planId: string): string => `${partition(workspaceId)}/${planId}/runs`;

const shardName = (shard: number): string => `plans/${shard}`;
const shardOf = ({ id, quota }: Plan): number => (quota ? 0 : 1 + ((createHash("sha256").update(id).digest()[0] ?? 0) % (dueShards - 1)));

/** Only an active plan is due, and only one that is not deleted is in a state. */
const rowOf = (plan: Plan): Row<Plan> => ({
  attributes: ["nextAt", "deletedAt"],
  ...keyOf(plan.workspaceId, plan.id),
  ...(plan.deletedAt === undefined && { statePk: statePartition(plan.workspaceId, plan.state) }),
  ...(plan.deletedAt === undefined &&
    plan.state === "active" &&
    plan.nextAt !== undefined && { dueShard: shardName(shardOf(plan)), dueAt: plan.nextAt }),
  ...plan,
});

const runRow = (run: Run): Row<Run> => ({ pk: runsOf(run.workspaceId, run.planId), sk: run.id, ...run });

export const planStore = (table: Table): PlanStore => ({
  create: (ctx, plan, event) =>
    table.write(insert(event ? { ...rowOf(plan), event } : rowOf(plan)), ...(ctx.once ? [ctx.once.record(plan)] : [])),
  save: (plan, { event, runs = [], beside = [] } = {}) =>
    table.write(replace(event ? { ...rowOf(plan), event } : rowOf(plan)), ...runs.map((run) => insert(runRow(run))), ...beside),
  get: ({ workspaceId, id }) => table.get<Plan>(keyOf(workspaceId, id)),
  list: (workspaceId, { state, limit, cursor }) =>
    table.page<Plan>({
      pk: partition(workspaceId),
      statePk: state && statePartition(workspaceId, state),
      limit,
      cursor,
      filter: { expression: "attribute_not_exists(deletedAt)" },
    }),
  async dueQuotas(workspaceId, until) {
    const { items } = await table.page<Plan>({
      pk: partition(workspaceId),
      statePk: statePartition(workspaceId, "active"),
      limit: 100,
      filter: { expression: "dueShard = :quotas AND nextAt <= :until", values: { ":quotas": shardName(0), ":until": until } },
    });
    return items.map(({ id }) => ({ workspaceId, id }));
  },
  due: async (shard, until, limit) => (await table.due(shardName(shard), until, limit)) as DuePlan[],

  getRun: (workspaceId, planId, id) => table.get<Run>({ pk: runsOf(workspaceId, planId), sk: id }),
  saveRun: (run) => table.write(replace(runRow(run))),
  listRuns: (workspaceId, planId, page) => table.page<Run>({ pk: runsOf(workspaceId, planId), ...page }),
});
