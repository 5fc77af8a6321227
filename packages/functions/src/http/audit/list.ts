import { type AuditEntry, auditStore, outcomes } from "@atelier/core/audit";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { once, table } from "../../clients.ts";
import { operation } from "../operation.ts";
import { ActorId, Id, Instant, idOf, PageQuery, pageOf, text } from "../schemas.ts";

const detail = z.union([text(200), z.number(), z.boolean(), z.array(text(60)).max(50)]);

const Entry = z
  .object({
    id: idOf("aud"),
    at: Instant,
    actor: ActorId,
    act: text(60).describe("What was decided, such as `generation.prompt.judged`."),
    outcome: z.enum(outcomes),
    subject: Id.optional().describe("The object that it is about, where there is one."),
    details: z.record(text(40), detail).describe("On what grounds. No words of anybody's stand here."),
  })
  .meta({ id: "AuditEntry" });

const audit = once(() => auditStore(table()));

function entryBody({ workspaceId: _ws, correlationId: _correlation, version: _version, ...shown }: AuditEntry) {
  const details = Object.entries(shown.details).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]);
  return { ...shown, details: Object.fromEntries(details) as Record<string, string> };
}

export const listAudit = operation({
  id: "listAudit",
  method: "GET",
  path: "/v1/audit",
  area: "Accounts",
  summary: "What was decided in your workspace, newest first",
  description:
    "Entries are written once and never changed. What was found to be for everybody is not listed: its rating stands in what was made.",
  auth: "user",
  status: 200,
  query: PageQuery,
  response: pageOf(Entry),
  problems: [problems.badCursor],
  example: {
    response: {
      items: [
        {
          id: "aud_01JD5S3W6Z9QF3V2N8XK4T7B1C",
          at: "2026-11-20T10:00:00.000Z",
          actor: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10",
          act: "generation.prompt.judged",
          outcome: "refused",
          details: { rating: "mature", rules: ["violence"], rulesVersion: "2026-11", problem: "safety/mature-off" },
        },
      ],
      nextCursor: null,
    },
  },
  run: (ctx, { query }) => audit().list(ctx.workspaceId, query),
  view: (page) => ({ body: { items: page.items.map(entryBody), nextCursor: page.nextCursor } }),
});
