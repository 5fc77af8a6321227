import type { Context, Page, RowEvent, Write } from "../kernel/index.ts";
import type { Experiment } from "./experiment.ts";
import type { Outcome, Tally } from "./outcome.ts";
import type { Template, TemplateVersion } from "./template.ts";

type Asked = { limit: number; cursor?: string | undefined };

/** Port of templates, experiments and what their images came to. Writes are conditional on the version before and throw `Conflict`. */
export type PromptStore = {
  create(ctx: Context, template: Template, first: TemplateVersion, beside?: readonly Write[]): Promise<void>;
  /** Another version, and the template that has it as its latest. */
  addVersion(ctx: Context, template: Template, added: TemplateVersion, beside?: readonly Write[]): Promise<void>;
  save(template: Template): Promise<void>;
  get(workspaceId: string, id: string): Promise<Template | undefined>;
  /** The template's row and what is counted of it, in one call. */
  counted(workspaceId: string, id: string): Promise<{ template: Template | undefined; tally: Tally }>;
  /** In the order of `numbers`, in one call. */
  versions(workspaceId: string, id: string, numbers: readonly number[]): Promise<(TemplateVersion | undefined)[]>;
  /** Newest first; a category can make a page short. */
  list(workspaceId: string, page: Asked & { category?: string | undefined }): Promise<Page<Template>>;
  /** Newest first. */
  listVersions(workspaceId: string, id: string, page: Asked): Promise<Page<TemplateVersion>>;

  /** A new experiment, and the template that follows it. */
  createExperiment(ctx: Context, experiment: Experiment, template: Template): Promise<void>;
  /** An experiment that has ended, and the template that follows it no more. */
  endExperiment(experiment: Experiment, template: Template | undefined, event: RowEvent): Promise<void>;
  /** The experiment and what is counted of it, in one call. */
  experiment(workspaceId: string, id: string): Promise<{ experiment: Experiment | undefined; tally: Tally }>;
  listExperiments(workspaceId: string, page: Asked): Promise<Page<Experiment>>;

  tally(workspaceId: string, subject: string): Promise<Tally>;
  outcome(workspaceId: string, imageId: string): Promise<Outcome | undefined>;
  /** Notes what has become of an image, in the place of what was known, and counts the difference for each subject: all of it or nothing. */
  count(workspaceId: string, outcome: Outcome, differences: readonly { subject: string; by: Tally }[]): Promise<void>;
};
