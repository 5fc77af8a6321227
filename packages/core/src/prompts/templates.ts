import {
  actorId,
  type Context,
  type FieldError,
  instant,
  newId,
  notFound,
  type Page,
  Problem,
  problems,
  requireVersion,
  type Write,
} from "../kernel/index.ts";
import { isWithin, judge, type SafetyDeps } from "../safety/index.ts";
import { type Difference, differenceOf } from "./diff.ts";
import { promptProblems } from "./problems.ts";
import type { CopyRequest, LabelRequest, TemplateChange, TemplateRequest, VersionRequest } from "./request.ts";
import { findShipped, shippedPage } from "./shipped.ts";
import { type Standing, standingOf } from "./standing.ts";
import type { PromptStore } from "./store.ts";
import { type Content, contentOf, labels, type Template, type TemplateVersion } from "./template.ts";
import { faultsIn } from "./wording.ts";

export type PromptDeps = { prompts: PromptStore };
export type WordingDeps = PromptDeps & { safety: SafetyDeps };

/** A template of the workspace, or a shipped one. Throws `request/not-found`. */
export async function findTemplate(ctx: Context, deps: PromptDeps, id: string): Promise<Template> {
  const template = await templateOf(ctx, deps, id);
  if (!template) throw notFound("template");
  return template;
}

/** The same for an id that stands in a body: `request/invalid`. */
export async function namedTemplate(ctx: Context, deps: PromptDeps, id: string): Promise<Template> {
  const template = await templateOf(ctx, deps, id);
  if (!template)
    throw invalid("There is no such template.", [
      { pointer: "#/templateId", detail: "GET /v1/templates lists yours and the shipped ones." },
    ]);
  return template;
}

const templateOf = async (ctx: Context, { prompts }: PromptDeps, id: string): Promise<Template | undefined> =>
  findShipped(ctx, id) ?? prompts.get(ctx.workspaceId, id);

/** The same, with what reviews have said of its versions. */
export async function lookAtTemplate(ctx: Context, { prompts }: PromptDeps, id: string): Promise<Template & Standing> {
  const shipped = findShipped(ctx, id);
  const { template, tally } = shipped
    ? { template: shipped, tally: await prompts.tally(ctx.workspaceId, id) }
    : await prompts.counted(ctx.workspaceId, id);
  if (!template) throw notFound("template");
  return { ...template, ...standingOf(template, tally) };
}

export type TemplateQuery = {
  source?: Template["source"] | undefined;
  category?: string | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** The workspace's own, newest first, and behind them the shipped ones. */
export async function listTemplates(ctx: Context, { prompts }: PromptDeps, query: TemplateQuery): Promise<Page<Template>> {
  const { source, limit } = query;
  const behind = source === "own" ? undefined : shippedPage(ctx, query);
  if (behind) return behind;
  const own = await prompts.list(ctx.workspaceId, query);
  if (source === "own" || own.nextCursor !== null) return own;
  const rest = shippedPage(ctx, { ...query, cursor: undefined, source: "shipped", limit: limit - own.items.length });
  return { items: [...own.items, ...(rest?.items ?? [])], nextCursor: rest?.nextCursor ?? null };
}

export async function createTemplate(ctx: Context, { prompts, safety }: WordingDeps, request: TemplateRequest): Promise<Template> {
  const { name, description, category, rating } = request;
  const template = newTemplate(ctx, { name, description, category, rating }, checked(contentOf(request)));
  const record = await judged(ctx, { safety }, template);
  await prompts.create(ctx, template, versionOf(template, template.createdAt, template.createdBy), record);
  return template;
}

/** A template of one's own that begins as a version of another, shipped or own: without a number, as the one in production. */
export async function copyTemplate(ctx: Context, deps: PromptDeps, id: string, { name, version }: CopyRequest): Promise<Template> {
  const of = await findTemplate(ctx, deps, id);
  const number = version ?? of.labels.production;
  const content = contentOf(await findVersion(ctx, deps, of, number, "#/version"));
  const { description, category, rating } = of;
  const template = {
    ...newTemplate(ctx, { name: name ?? of.name, description, category, rating }, content),
    copiedFrom: { id, version: number },
  };
  await deps.prompts.create(ctx, template, versionOf(template, template.createdAt, template.createdBy));
  return template;
}

/** Changes what is said about it. Its words change by another version. */
export async function changeTemplate(
  ctx: Context,
  deps: WordingDeps,
  id: string,
  change: TemplateChange,
  ifVersion?: number,
): Promise<Template> {
  const template = ownOnly(requireVersion(await findTemplate(ctx, deps, id), ifVersion, "template"));
  const changed = next(ctx, { ...template, ...change });
  if (change.rating !== undefined) await judged(ctx, deps, changed);
  await deps.prompts.save(changed);
  return changed;
}

/** Another version. No label moves: what is in production stays there. */
export async function addVersion(
  ctx: Context,
  deps: WordingDeps,
  id: string,
  { note, ...request }: VersionRequest,
): Promise<TemplateVersion> {
  const template = ownOnly(await findTemplate(ctx, deps, id));
  const content = checked(contentOf(request));
  const { negativePrompt: _before, ...kept } = template;
  const changed = next(ctx, { ...kept, ...content, latestVersion: template.latestVersion + 1 });
  const added = { ...versionOf(changed, changed.updatedAt, actorId(ctx)), ...(note !== undefined && { note }) };
  await deps.prompts.addVersion(ctx, changed, added, await judged(ctx, deps, changed));
  return added;
}

/** Newest first. One read: a template always has a version, so none means that there is no template. */
export async function listVersions(
  ctx: Context,
  { prompts }: PromptDeps,
  id: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<TemplateVersion>> {
  const shipped = findShipped(ctx, id);
  if (shipped && page.cursor !== undefined)
    throw new Problem(problems.badCursor, "A shipped template has one page of versions. Start from it again.");
  if (shipped) return { items: [versionOf(shipped, shipped.createdAt, shipped.createdBy)], nextCursor: null };
  const found = await prompts.listVersions(ctx.workspaceId, id, page);
  if (found.items.length === 0 && page.cursor === undefined) throw notFound("template");
  return found;
}

/** Puts a label on a version, from wherever it was: back to an older one is a rollback. */
export async function setLabel(
  ctx: Context,
  deps: PromptDeps,
  { id, label }: { id: string; label: string },
  { version }: LabelRequest,
  ifVersion?: number,
): Promise<Template> {
  const template = ownOnly(requireVersion(await findTemplate(ctx, deps, id), ifVersion, "template"));
  const known = labels.find((each) => each === label);
  if (!known) throw invalid("There is no such label.", [{ pointer: "#/path/label", detail: `One of: ${labels.join(", ")}.` }]);
  if (version > template.latestVersion) throw noVersion(template, "#/version");
  if (template.labels[known] === version) return template;
  const changed = next(ctx, { ...template, labels: { ...template.labels, [known]: version } });
  await deps.prompts.save(changed);
  return changed;
}

/** What has changed from one version to another. One read for any two of one's own. */
export async function compareVersions(
  ctx: Context,
  { prompts }: PromptDeps,
  { id, from, to }: { id: string; from: number; to: number },
): Promise<{ from: number; to: number } & Difference> {
  const shipped = findShipped(ctx, id);
  const numbers = [...new Set([from, to])];
  const found = shipped
    ? numbers.map((number) => (number === 1 ? versionOf(shipped, shipped.createdAt, shipped.createdBy) : undefined))
    : await prompts.versions(ctx.workspaceId, id, numbers);
  const [older, newer] = [from, to].map((number) => found[numbers.indexOf(number)]);
  if (!older || !newer) throw notFound("version");
  return { from, to, ...differenceOf(older, newer) };
}

/** A version's content. That of the latest is in the template already; any other is one read more. `pointer` is where the number came from. */
export async function findVersion(
  ctx: Context,
  { prompts }: PromptDeps,
  template: Template,
  number: number,
  pointer: string,
): Promise<Content> {
  if (number === template.latestVersion) return contentOf(template);
  const [version] = number < template.latestVersion ? await prompts.versions(ctx.workspaceId, template.id, [number]) : [];
  if (!version) throw noVersion(template, pointer);
  return contentOf(version);
}

export const invalid = (detail: string, errors: readonly FieldError[]): Problem => new Problem(problems.invalid, detail, { errors });

export const noVersion = ({ latestVersion }: Template, pointer: string): Problem =>
  invalid("There is no such version.", [{ pointer, detail: `From 1 to ${latestVersion}.` }]);

/** The next state of a template that was read. */
export const next = (ctx: Context, template: Template): Template => ({
  ...template,
  updatedAt: instant(ctx.clock.now()),
  version: template.version + 1,
});

export function ownOnly(template: Template): Template {
  if (template.source === "own") return template;
  throw new Problem(promptProblems.readOnly, `Copy it and change the copy: POST /v1/templates/${template.id}/copies.`);
}

function checked(content: Content): Content {
  const errors = faultsIn(content);
  if (errors.length > 0) throw invalid("The template's words and its variables do not fit together.", errors);
  return content;
}

/** Whether its words may be drawn at all, and whether it is rated as they are: what it may be filled with is judged when it is. */
async function judged(
  ctx: Context,
  { safety }: { safety: SafetyDeps },
  { id, rating: given, text, negativePrompt, variables }: Template,
): Promise<Write[]> {
  const choices = variables.flatMap((variable) => (variable.type === "choice" ? variable.choices : []));
  const { rating, record } = await judge(ctx, { safety }, "prompts.template.judged", {
    words: [text, ...choices],
    negative: negativePrompt,
  });
  if (!isWithin(rating, given))
    throw invalid("Its words are not for everybody whom its rating names.", [{ pointer: "#/rating", detail: `At least “${rating}”.` }]);
  return record(id);
}

type About = Pick<Template, "name" | "description" | "category" | "rating">;

function newTemplate(ctx: Context, about: About, content: Content): Template {
  const at = ctx.clock.now();
  return {
    id: newId("tpl", at),
    workspaceId: ctx.workspaceId,
    source: "own",
    ...about,
    ...content,
    latestVersion: 1,
    labels: { production: 1 },
    createdBy: actorId(ctx),
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  };
}

/** The latest version of a template. */
const versionOf = (template: Template, createdAt: string, createdBy: string): TemplateVersion => ({
  ...contentOf(template),
  templateId: template.id,
  number: template.latestVersion,
  createdBy,
  createdAt,
});
