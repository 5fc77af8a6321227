import { adding, derivedIdAt, insert, type Key, type Row, replace, type Table, type Write } from "../kernel/index.ts";
import type { Experiment } from "./experiment.ts";
import type { Outcome, Tally } from "./outcome.ts";
import type { PromptStore } from "./store.ts";
import type { Template, TemplateVersion } from "./template.ts";

const templates = (workspaceId: string): string => `workspace/${workspaceId}/templates`;
const templateKey = (workspaceId: string, id: string): Key => ({ pk: templates(workspaceId), sk: id });
const versionsOf = (workspaceId: string, id: string): string => `${templates(workspaceId)}/${id}/versions`;
/** Rows sort by ids, so a number becomes one. */
const versionKey = (workspaceId: string, id: string, number: number): Key => ({
  pk: versionsOf(workspaceId, id),
  sk: derivedIdAt("tpv", number, id),
});
const experiments = (workspaceId: string): string => `workspace/${workspaceId}/experiments`;
const experimentKey = (workspaceId: string, id: string): Key => ({ pk: experiments(workspaceId), sk: id });
const tallyKey = (workspaceId: string, subject: string): Key => ({ pk: `workspace/${workspaceId}/tallies`, sk: subject });
const outcomeKey = (workspaceId: string, imageId: string): Key => ({ pk: `workspace/${workspaceId}/tallies/images`, sk: imageId });

const rowOf = (template: Template): Row<Template> => ({
  attributes: ["category"],
  ...templateKey(template.workspaceId, template.id),
  ...template,
});

/** A version never changes: nothing but its making is ever written. */
const versionInsertion = (workspaceId: string, version: TemplateVersion): Write =>
  insert({ ...versionKey(workspaceId, version.templateId, version.number), ...version, version: 1 });

const versionOf = (row: TemplateVersion & { version?: number }): TemplateVersion => {
  const { version: _version, ...version } = row;
  return version;
};

export function promptStore(table: Table): PromptStore {
  return {
    create: (ctx, template, first, beside = []) =>
      table.write(
        insert(rowOf(template)),
        versionInsertion(template.workspaceId, first),
        ...beside,
        ...(ctx.once ? [ctx.once.record(template)] : []),
      ),
    addVersion: (ctx, template, added, beside = []) =>
      table.write(
        replace(rowOf(template)),
        versionInsertion(template.workspaceId, added),
        ...beside,
        ...(ctx.once ? [ctx.once.record(added)] : []),
      ),
    save: (template) => table.write(replace(rowOf(template))),
    get: (workspaceId, id) => table.get<Template>(templateKey(workspaceId, id)),
    async counted(workspaceId, id) {
      const [template, tally = {}] = await table.getMany<unknown>([templateKey(workspaceId, id), tallyKey(workspaceId, id)]);
      return { template: template as Template | undefined, tally: tally as Tally };
    },
    versions: async (workspaceId, id, numbers) =>
      (await table.getMany<TemplateVersion>(numbers.map((number) => versionKey(workspaceId, id, number)))).map(
        (row) => row && versionOf(row),
      ),
    list: (workspaceId, { category, limit, cursor }) =>
      table.page<Template>({
        pk: templates(workspaceId),
        limit,
        cursor,
        filter:
          category === undefined
            ? undefined
            : { expression: "#category = :category", names: { "#category": "category" }, values: { ":category": category } },
      }),
    async listVersions(workspaceId, id, page) {
      const { items, nextCursor } = await table.page<TemplateVersion>({ pk: versionsOf(workspaceId, id), ...page });
      return { items: items.map(versionOf), nextCursor };
    },

    createExperiment: (ctx, experiment, template) =>
      table.write(
        insert({ ...experimentKey(experiment.workspaceId, experiment.id), ...experiment }),
        replace(rowOf(template)),
        ...(ctx.once ? [ctx.once.record(experiment)] : []),
      ),
    endExperiment: (experiment, template, event) =>
      table.write(
        replace({ ...experimentKey(experiment.workspaceId, experiment.id), ...experiment, event }),
        ...(template ? [replace(rowOf(template))] : []),
      ),
    async experiment(workspaceId, id) {
      const [experiment, tally = {}] = await table.getMany<unknown>([experimentKey(workspaceId, id), tallyKey(workspaceId, id)]);
      return { experiment: experiment as Experiment | undefined, tally: tally as Tally };
    },
    listExperiments: (workspaceId, page) => table.page<Experiment>({ pk: experiments(workspaceId), ...page }),

    tally: async (workspaceId, subject) => (await table.get<Tally>(tallyKey(workspaceId, subject))) ?? {},
    outcome: (workspaceId, imageId) => table.get<Outcome>(outcomeKey(workspaceId, imageId)),
    count(workspaceId, outcome, differences) {
      const row = { ...outcomeKey(workspaceId, outcome.imageId), ...outcome };
      const additions = differences
        .filter(({ by }) => Object.keys(by).length > 0)
        .map(({ subject, by }) => adding(tallyKey(workspaceId, subject), by));
      return table.write(outcome.version === 1 ? insert(row) : replace(row), ...additions);
    },
  };
}
