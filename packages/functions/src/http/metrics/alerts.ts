import { problems } from "@atelier/core/kernel";
import { type Alert as AlertRow, listAlerts } from "@atelier/core/metrics";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { metrics } from "./get.ts";
import { Alert } from "./schemas.ts";

const alertBody = ({ id, kind, subject, title, detail, raisedAt, resolvedAt }: AlertRow) => ({
  ...{ id, kind, subject, title, detail, raisedAt },
  ...(resolvedAt !== undefined && { resolvedAt }),
});

export const getAlerts = operation({
  id: "listAlerts",
  method: "GET",
  path: "/v1/alerts",
  area: "Generation",
  summary: "What you should know, newest first",
  description: "One for each trouble, from its begin to its end; both are mailed, too, to whoever has looked at their account once.",
  auth: "user",
  status: 200,
  query: PageQuery,
  response: pageOf(Alert),
  problems: [problems.badCursor],
  example: {
    response: {
      items: [
        {
          id: "alr_01JD5S3W6Z9QF3V2N8XK4T7B1C",
          kind: "failures",
          subject: "model/replicate/flux-schnell",
          title: "flux-schnell at replicate fails",
          detail: "3 attempts in a row have failed. GET /v1/generations tells what was said; name another provider until it is well.",
          raisedAt: "2026-11-20T10:00:00.000Z",
        },
      ],
      nextCursor: null,
    },
  },
  run: (ctx, { query }) => listAlerts(ctx, metrics(), query),
  view: ({ items, nextCursor }) => ({ body: { items: items.map(alertBody), nextCursor } }),
});
