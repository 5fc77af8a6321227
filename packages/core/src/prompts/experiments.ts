import { isDeepStrictEqual } from "node:util";
import { actorId, type Context, eventOf, instant, newId, notFound, Problem, persist } from "../kernel/index.ts";
import { type Experiment, type Report, reportOf, verdictOf } from "./experiment.ts";
import { figuresOf, type Tally } from "./outcome.ts";
import { promptProblems } from "./problems.ts";
import type { ExperimentRequest } from "./request.ts";
import type { Template, Variable } from "./template.ts";
import { invalid, namedTemplate, next, noVersion, ownOnly, type PromptDeps } from "./templates.ts";

/** Begins at once: from now on the template's generations that name no version are shared among the arms. */
export async function startExperiment(ctx: Context, deps: PromptDeps, request: ExperimentRequest): Promise<Experiment> {
  const template = ownOnly(await namedTemplate(ctx, deps, request.templateId));
  if (template.experiment)
    throw new Problem(
      promptProblems.experimentRunning,
      `${template.experiment.id} is running. Wait for it, or stop it: POST /v1/experiments/${template.experiment.id}/stop.`,
    );
  await assertArms(ctx, deps, template, request);
  const at = ctx.clock.now();
  const experiment: Experiment = {
    ...request,
    id: newId("exp", at),
    workspaceId: ctx.workspaceId,
    state: "running",
    createdBy: actorId(ctx),
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  };
  const { id, arms } = experiment;
  await deps.prompts.createExperiment(ctx, experiment, next(ctx, { ...template, experiment: { id, arms } }));
  return experiment;
}

/** A request must not be refused because of the arm that it happens to be assigned to: all take the same values. */
async function assertArms(ctx: Context, { prompts }: PromptDeps, template: Template, { arms }: ExperimentRequest): Promise<void> {
  const at = (place: number): string => `#/arms/${place}/version`;
  for (const [place, { version }] of arms.entries()) {
    if (version > template.latestVersion) throw noVersion(template, at(place));
    if (arms.findIndex((arm) => arm.version === version) !== place)
      throw invalid("Each arm is a version of its own.", [{ pointer: at(place), detail: `Version ${version} is an arm already.` }]);
  }
  const versions = await prompts.versions(
    ctx.workspaceId,
    template.id,
    arms.map(({ version }) => version),
  );
  const [first, ...others] = versions.map((version) => demandsOf(version?.variables ?? []));
  const odd = others.findIndex((demands) => !isDeepStrictEqual(demands, first));
  if (odd >= 0) {
    const detail = `Its variables are not those of version ${arms[0]?.version}: names, kinds, limits, and which of them have a default.`;
    throw invalid("All arms have to take the same values.", [{ pointer: at(odd + 1), detail }]);
  }
}

/** What a request has to know of variables, by their names. */
const demandsOf = (variables: readonly Variable[]): unknown =>
  Object.fromEntries(
    variables.map(({ name, description: _description, example: _example, default: standard, ...limits }) => [
      name,
      { ...limits, given: standard !== undefined },
    ]),
  );

export type Reported = { experiment: Experiment; report: Report };

/** How it stands, in one read. */
export async function reportExperiment(ctx: Context, { prompts }: PromptDeps, id: string): Promise<Reported> {
  const { experiment, tally } = await prompts.experiment(ctx.workspaceId, id);
  if (!experiment) throw notFound("experiment");
  return { experiment, report: reportOf(experiment, tally) };
}

/** Ends it without a winner. One that has ended stays as it is. */
export const stopExperiment = (ctx: Context, deps: PromptDeps, id: string): Promise<Reported> =>
  persist(async () => {
    const { experiment, tally } = await deps.prompts.experiment(ctx.workspaceId, id);
    if (!experiment) throw notFound("experiment");
    const ended = experiment.state === "running" ? await end(ctx, deps, experiment, { state: "stopped" }) : experiment;
    return { experiment: ended, report: reportOf(ended, tally) };
  });

/**
 * Ends an experiment whose own rule says so. Call it after each outcome that was counted: however often it looks, the promise of {@link verdictOf} holds.
 * Answers with the experiment if this call ended it.
 */
export const decide = (ctx: Context, deps: PromptDeps, id: string): Promise<Experiment | undefined> =>
  persist(async () => {
    const { experiment, tally } = await deps.prompts.experiment(ctx.workspaceId, id);
    if (experiment?.state !== "running") return undefined;
    const { winner } = verdictOf(experiment, samplesOf(experiment, tally));
    return winner === undefined ? undefined : end(ctx, deps, experiment, { state: "decided", winner });
  });

const samplesOf = ({ arms }: Experiment, tally: Tally) => arms.map(({ version }) => figuresOf(tally, version));

/** The experiment and the template that followed it change together: no generation is assigned by one that has ended. */
async function end(
  ctx: Context,
  { prompts }: PromptDeps,
  experiment: Experiment,
  how: Pick<Experiment, "state" | "winner">,
): Promise<Experiment> {
  const at = instant(ctx.clock.now());
  const ended: Experiment = { ...experiment, ...how, endedAt: at, updatedAt: at, version: experiment.version + 1 };
  const template = await prompts.get(ctx.workspaceId, experiment.templateId);
  const event = eventOf(ctx, `prompts.experiment.${how.state}`, ended, { templateId: ended.templateId, winner: ended.winner });
  await prompts.endExperiment(ended, template && withoutExperiment(ctx, template, ended), event);
  return ended;
}

function withoutExperiment(ctx: Context, template: Template, { winner, whenDecided }: Experiment): Template {
  const { experiment: _experiment, ...kept } = template;
  const production = winner !== undefined && whenDecided === "promote" ? winner : template.labels.production;
  return next(ctx, { ...kept, labels: { ...template.labels, production } });
}
