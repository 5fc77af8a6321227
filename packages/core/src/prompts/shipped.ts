import { type Context, derivedIdAt, type Page, Problem, problems } from "../kernel/index.ts";
import { abstract } from "./shipped/abstract.ts";
import { architecture } from "./shipped/architecture.ts";
import type { Category } from "./shipped/entry.ts";
import { fashion } from "./shipped/fashion.ts";
import { food } from "./shipped/food.ts";
import { landscape } from "./shipped/landscape.ts";
import { nature } from "./shipped/nature.ts";
import { portrait } from "./shipped/portrait.ts";
import { product } from "./shipped/product.ts";
import type { Template } from "./template.ts";

/** What every workspace has from the start: pictures for all ages. */
export const shippedCategories: readonly Category[] = [portrait, landscape, product, food, architecture, fashion, abstract, nature];

const shippedAt = "2026-11-21T00:00:00.000Z";

/** An id of the first moment of 1970: ids of one's own templates are of the moment of their making, so the two never meet. */
const idOf = (category: string, key: string): string => derivedIdAt("tpl", 0, "shipped", category, key);

/** In the order in which they are listed. */
const all: readonly Omit<Template, "workspaceId">[] = shippedCategories.flatMap(({ category, entries }) =>
  entries.map(({ key, ...entry }) => ({
    ...entry,
    id: idOf(category, key),
    source: "shipped" as const,
    category,
    rating: "general" as const,
    latestVersion: 1,
    labels: { production: 1 },
    createdBy: "atelier",
    createdAt: shippedAt,
    updatedAt: shippedAt,
    version: 1,
  })),
);
const byId = new Map(all.map((template) => [template.id, template]));

/** A shipped template is in every workspace. */
const inWorkspace = ({ workspaceId }: Context, template: Omit<Template, "workspaceId">): Template => ({ ...template, workspaceId });

export function findShipped(ctx: Context, id: string): Template | undefined {
  const template = byId.get(id);
  return template && inWorkspace(ctx, template);
}

type Query = { source?: Template["source"] | undefined; category?: string | undefined; limit: number; cursor?: string | undefined };

const cursorOf = (category: string | undefined, place: number): string =>
  Buffer.from(`shipped/${place}/${category ?? ""}`).toString("base64url");

/**
 * A page of the shipped templates, if that is what the query asks for: by its source, or by a cursor that leads on among them. They are data, so this
 * reads nothing.
 */
export function shippedPage(ctx: Context, { source, category, limit, cursor }: Query): Page<Template> | undefined {
  const [, digits] = /^shipped\/(\d{1,4})\//.exec(Buffer.from(cursor ?? "", "base64url").toString("utf8")) ?? [];
  const isOurs = digits !== undefined && cursorOf(category, Number(digits)) === cursor;
  if (!isOurs && source !== "shipped") return undefined;
  if (!isOurs && cursor !== undefined)
    throw new Problem(problems.badCursor, "Start from the first page again, and pass `nextCursor` as it was given, with the same filters.");
  const wanted = all.filter((template) => category === undefined || template.category === category);
  const from = isOurs ? Number(digits) : 0;
  const items = wanted.slice(from, from + limit).map((template) => inWorkspace(ctx, template));
  const to = from + limit;
  return { items, nextCursor: to < wanted.length ? cursorOf(category, to) : null };
}
