import { acts, type Happened, historyStore } from "@atelier/core/history";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { once, table } from "../../clients.ts";
import { operation } from "../operation.ts";
import { ActorId, Id, Instant, idOf, PageQuery, pageOf, text } from "../schemas.ts";

const Entry = z
  .object({
    id: idOf("evt"),
    at: Instant,
    act: z.enum(acts).describe("What happened."),
    actor: ActorId,
    subject: Id.describe("The generation, the edit by a provider, the image or the post to which it happened."),
    correlationId: text(64).describe("The request with which it began: what came of one request has the same."),
  })
  .meta({ id: "HistoryEntry" });

const history = once(() => historyStore(table()));

export const imageHistory = operation({
  id: "imageHistory",
  method: "GET",
  path: "/v1/images/history",
  area: "Library",
  summary: "What happened to generations, images and posts, newest first",
  description: "It is kept for a year. What has just happened is here within a second.",
  auth: "user",
  status: 200,
  query: PageQuery,
  response: pageOf(Entry),
  problems: [problems.badCursor],
  example: {
    response: {
      items: [
        {
          id: "evt_01JD5S3W6Z9QF3V2N8XK4T7B1C",
          at: "2026-11-20T10:00:00.000Z",
          act: "library.image.approved",
          actor: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10",
          subject: "img_01JD5S3W6Z9QF3V2N8XK4T7B1C",
          correlationId: "req_01JD5S3W6Z9QF3V2N8XK4T7B1C",
        },
      ],
      nextCursor: null,
    },
  },
  run: (ctx, { query }) => history().list(ctx.workspaceId, query),
  view: (page) => ({ body: { items: page.items.map(entryBody), nextCursor: page.nextCursor } }),
});

const entryBody = ({ id, at, act, actor, subject, correlationId }: Happened) => ({ id, at, act, actor, subject, correlationId });
