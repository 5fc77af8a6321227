import { qualities } from "@atelier/core/generation";
import type { Standing, Template as TemplateRow, TemplateVersion as VersionRow } from "@atelier/core/prompts";
import { ratings } from "@atelier/core/safety";
import * as z from "zod";
import { ActorId, Amount, Instant, idOf, text, Version } from "../schemas.ts";

const bound = 1_000_000_000;
const whole = z.int().min(-bound).max(bound);
const named = { name: text(40), description: text(300).optional() };

export const Variable = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("text"), ...named, maxLength: Amount, default: text(1_000).optional(), example: text(1_000).optional() }),
    z.object({
      type: z.literal("choice"),
      ...named,
      choices: z.array(text(100)).max(50),
      default: text(100).optional(),
      example: text(100).optional(),
    }),
    z.object({
      type: z.literal("number"),
      ...named,
      minimum: whole,
      maximum: whole,
      default: whole.optional(),
      example: whole.optional(),
    }),
  ])
  .meta({ id: "Variable", description: "A place in a template's words. Without a default, each generation has to fill it." });

const content = {
  text: text(4_000),
  negativePrompt: text(2_000).optional(),
  variables: z.array(Variable).max(20),
  parameters: z.object({
    style: text(60).optional(),
    quality: z.enum(qualities).optional(),
    width: Amount.optional(),
    height: Amount.optional(),
  }),
};

/** A version of some template. */
export const VersionNumber = z.int().min(1).max(1_000_000);

const arms = z.array(z.object({ version: VersionNumber, weight: Amount })).max(5);

const template = {
  id: idOf("tpl"),
  source: z.enum(["own", "shipped"]).describe("Shipped ones are in every workspace, and can be used and copied, not changed."),
  name: text(120),
  description: text(1_000),
  category: text(40),
  rating: z.enum(ratings),
  ...content,
  latestVersion: VersionNumber.describe("The number of the version whose words these are."),
  labels: z.object({ production: VersionNumber, candidate: VersionNumber.optional() }),
  experiment: z
    .object({ id: idOf("exp"), arms })
    .optional()
    .describe("While one is running: it chooses the version of generations that name none."),
  copiedFrom: z.object({ id: idOf("tpl"), version: VersionNumber }).optional(),
  createdAt: Instant,
  updatedAt: Instant,
  version: Version.describe("Of the template as an object, for `If-Match`; versions of its words have numbers of their own."),
};

export const Template = z.object(template).meta({ id: "Template" });

export const Reasons = z.record(text(40), Amount).describe("Rejections by reason.");

export const StandingTemplate = z
  .object({
    ...template,
    outcomes: z
      .array(
        z.object({
          version: VersionNumber,
          approved: Amount,
          rejected: Amount,
          score: z.number().min(0).max(1).describe("The share of approvals, where rejections count by the weight of their reasons."),
          reasons: Reasons,
        }),
      )
      .max(50)
      .describe("What reviews have said of each version's images, newest version first."),
    suggestedNegatives: z
      .array(text(60))
      .max(60)
      .describe("Words that would keep away what was rejected, and that the negative prompt lacks."),
  })
  .meta({ id: "StandingTemplate", description: "A template, and how it does." });

export const TemplateVersion = z
  .object({
    templateId: idOf("tpl"),
    version: VersionNumber,
    note: text(500).optional(),
    ...content,
    createdBy: ActorId,
    createdAt: Instant,
  })
  .meta({ id: "TemplateVersion", description: "The words of a template as they were at one time. A version never changes." });

export function templateBody(row: TemplateRow) {
  const { workspaceId: _workspace, createdBy: _by, id, ...shown } = row;
  return { id, ...shown };
}

export const templateView = (row: TemplateRow) => ({ body: templateBody(row), version: row.version });

export function standingView(row: TemplateRow & Standing) {
  const { outcomes, suggestedNegatives, ...template } = row;
  return { body: { ...templateBody(template), outcomes, suggestedNegatives }, version: row.version };
}

export const versionBody = ({ number, ...shown }: VersionRow) => ({ ...shown, version: number });

export const exampleContent = {
  text: "{medium} of a harbour at {hour}, boats at their moorings",
  negativePrompt: "people, text",
  variables: [
    { type: "choice" as const, name: "medium", choices: ["watercolour", "photograph"] },
    { type: "text" as const, name: "hour", maxLength: 60, description: "Such as dawn." },
  ],
  parameters: { quality: "standard" as const, width: 1024, height: 768 },
};

export const exampleTemplate = {
  id: "tpl_01JD5S2B1Z9QF3V2N8XK4T7B2A",
  source: "own" as const,
  name: "Harbour",
  description: "Our harbour at any hour.",
  category: "landscape",
  rating: "general" as const,
  ...exampleContent,
  latestVersion: 2,
  labels: { production: 1, candidate: 2 },
  createdAt: "2026-11-20T09:00:00.000Z",
  updatedAt: "2026-11-20T09:30:00.000Z",
  version: 3,
};

export const exampleVersion = {
  templateId: exampleTemplate.id,
  version: 2,
  note: "Boats, since reviewers missed them.",
  ...exampleContent,
  createdBy: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10",
  createdAt: "2026-11-20T09:30:00.000Z",
};
