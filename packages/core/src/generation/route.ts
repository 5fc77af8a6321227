import { type FieldError, Problem, problems } from "../kernel/index.ts";
import { builtIn, type Catalogue, defaultSide, type Offered } from "./catalogue.ts";
import type { Choice } from "./job.ts";
import { longestRoute, maxImages } from "./limits.ts";
import { generationProblems } from "./problems.ts";
import type { GenerationRequest } from "./request.ts";

/**
 * Who is to be asked, in this order: what the request names; else the operator's order, and then whatever is on, the cheapest first. The built-in renderer
 * stands in for no AI model: it is taken where it is named, or where nothing else is on. Each provider is there once, with the cheapest of its models that
 * can do what is asked.
 *
 * @throws Problem `request/invalid` with what is allowed, or `generation/model-unavailable`
 */
export function routeOf(catalogue: Catalogue, request: GenerationRequest): Choice[] {
  const rows = candidates(catalogue, request);
  const route = new Map<string, Choice>();
  for (const row of rows)
    if (violations(request, row).length === 0 && !route.has(row.provider))
      route.set(row.provider, { provider: row.provider, model: row.model });
  if (route.size > 0) return [...route.values()].slice(0, longestRoute);
  const [first] = rows;
  if (!first) throw unknownModel(catalogue, request);
  throw new Problem(problems.invalid, `${first.title} cannot draw this.`, { errors: violations(request, first) });
}

/** Models that are on and meant, those to be asked first at the front. */
function candidates({ models, order }: Catalogue, request: GenerationRequest): Offered[] {
  const named = request.provider !== undefined ? [request.provider] : request.providers;
  const meant = models.filter(
    ({ provider, model }) => (named?.includes(provider) ?? true) && (request.model === undefined || request.model === model),
  );
  const on = meant.filter(({ use }) => use === "on");
  const [off] = meant;
  if (off && on.length === 0) throw new Problem(generationProblems.modelUnavailable, `${off.title} is ${off.use}. ${off.why ?? ""}`.trim());
  const wanted = (named ?? order).filter((name) => on.some(({ provider }) => provider === name));
  const others = on.some(({ provider }) => provider !== builtIn && !wanted.includes(provider));
  const place = ({ provider }: Offered) => (wanted.includes(provider) ? wanted.indexOf(provider) : wanted.length);
  return on
    .filter(
      ({ provider }) => provider !== builtIn || wanted.includes(builtIn) || request.model !== undefined || (!others && wanted.length === 0),
    )
    .toSorted((a, b) => place(a) - place(b) || a.priceMicroUsd[request.quality] - b.priceMicroUsd[request.quality]);
}

function unknownModel({ models, edits }: Catalogue, { model }: GenerationRequest): Problem {
  const editor = edits.find((row) => row.model === model);
  if (editor)
    return new Problem(problems.invalid, `${editor.title} changes pictures and draws none: POST /v1/images/{id}/edits asks for it.`, {
      errors: [{ pointer: "#/model", detail: "A model of kind `image`; GET /v1/models lists them." }],
    });
  const allowed = models.filter(({ use }) => use === "on").map((row) => `${row.provider} / ${row.model}`);
  const detail = `One of: ${allowed.join(", ")}.`;
  return new Problem(problems.invalid, `There is no such model. Available: ${allowed.join(", ")}.`, {
    errors: [{ pointer: model === undefined ? "#/provider" : "#/model", detail }],
  });
}

/** Sides as they were asked for, or as the quality has them; pixels. */
export function sidesOf({ width, height, quality }: GenerationRequest): { width: number; height: number } {
  const given = width ?? height ?? defaultSide[quality];
  return { width: width ?? given, height: height ?? given };
}

/** What the model cannot do of a request. Models with ratios, or with sizes of their own, draw the nearest that they have. */
function violations(request: GenerationRequest, row: Offered): FieldError[] {
  const errors: FieldError[] = [];
  const { sizes } = row;
  if (sizes.kind === "free") {
    const sides = sidesOf(request);
    for (const name of ["width", "height"] as const) {
      if (sides[name] < sizes.minSide || sides[name] > sizes.maxSide)
        errors.push({ pointer: `#/${name}`, detail: `Between ${sizes.minSide} and ${sizes.maxSide} pixels.` });
      else if (sides[name] % sizes.step !== 0) errors.push({ pointer: `#/${name}`, detail: `A multiple of ${sizes.step}.` });
    }
    if (sides.width * sides.height > sizes.maxPixels)
      errors.push({ pointer: "#/width", detail: `At most ${sizes.maxPixels} pixels in all.` });
  }
  if (request.count > maxImages) errors.push({ pointer: "#/count", detail: `At most ${maxImages} images at once.` });
  const style = request.style === undefined ? undefined : row.styles[request.style];
  if (request.style !== undefined && !style)
    errors.push({ pointer: "#/style", detail: `One of: ${Object.keys(row.styles).join(", ")}. Leave it out to let the words decide.` });
  const words = style && "words" in style ? `, ${style.words}`.length : 0;
  if (request.prompt.length + words > row.promptMax)
    errors.push({ pointer: "#/prompt", detail: `At most ${row.promptMax - words} characters for ${row.title}.` });
  if (request.negativePrompt && !row.negativePrompt) errors.push({ pointer: "#/negativePrompt", detail: "This model takes none." });
  return errors;
}
