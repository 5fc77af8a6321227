import type { GenerationRequest, TemplateUse } from "../generation/index.ts";
import type { Context } from "../kernel/index.ts";
import { assign } from "./experiment.ts";
import type { PromptRequest } from "./request.ts";
import type { Content, Template, Values } from "./template.ts";
import { findVersion, invalid, namedTemplate, type PromptDeps } from "./templates.ts";
import { filled, valuesFor } from "./wording.ts";

/** Of a prompt, and of a negative one: as for a request without a template. */
const longestPrompt = 10_000;

/**
 * The request in words of its own: a template is filled, and stands for whatever the request leaves open. A version that is not named is the one that the
 * template's experiment assigns to this request, or else the one in production. Throws `request/invalid` with what each variable takes.
 */
export async function fill(ctx: Context, deps: PromptDeps, request: PromptRequest): Promise<GenerationRequest> {
  return (await filler(ctx, deps, request))(request.variables ?? {});
}

/** The same for whoever has several sets of values: the template is read once. */
export async function filler(ctx: Context, deps: PromptDeps, request: PromptRequest): Promise<(variables: Values) => GenerationRequest> {
  const { prompt = "", templateId, templateVersion, variables: _variables, quality, ...rest } = request;
  if (templateId === undefined) return () => ({ ...rest, prompt, quality: quality ?? "standard" });
  const template = await namedTemplate(ctx, deps, templateId);
  const chosen = chosenVersion(template, templateVersion, ctx.correlationId);
  const content = await findVersion(ctx, deps, template, chosen.version, "#/templateVersion");
  return (variables) => applied(content, { id: template.id, ...chosen }, { ...rest, quality }, variables);
}

/** The subject of an assignment is the request: a retry keeps what was drawn for it, and people who ask again may meet the other arm. */
export function chosenVersion(template: Template, wanted: number | undefined, subject: string): { version: number; experimentId?: string } {
  if (wanted !== undefined) return { version: wanted };
  if (!template.experiment) return { version: template.labels.production };
  return { version: assign(template.experiment, subject).version, experimentId: template.experiment.id };
}

/** What a request says beside its words. */
export type Wishes = Omit<PromptRequest, "prompt" | "templateId" | "templateVersion" | "variables">;

/** What the request says goes before what the template says; what is not wanted in either picture is not wanted in this one. */
export function applied(content: Content, use: Omit<TemplateUse, "variables">, wishes: Wishes, given: Values): GenerationRequest {
  const { values, errors } = valuesFor(content.variables, given);
  if (errors.length > 0) throw invalid("These values do not fill the template.", errors);
  const { parameters } = content;
  const negative = [filled(content.negativePrompt ?? "", values), wishes.negativePrompt ?? ""].filter((words) => words !== "").join(", ");
  const prompt = filled(content.text, values);
  if (prompt.length > longestPrompt || negative.length > longestPrompt)
    throw invalid("Filled like this, the template is too long.", [
      { pointer: "#/variables", detail: `At most ${longestPrompt} characters in all.` },
    ]);
  const { style = parameters.style, width = parameters.width, height = parameters.height } = wishes;
  return {
    ...wishes,
    prompt,
    ...(negative !== "" && { negativePrompt: negative }),
    ...(style !== undefined && { style }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    quality: wishes.quality ?? parameters.quality ?? "standard",
    template: { ...use, variables: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])) },
  };
}
