import { problems } from "@atelier/core/kernel";
import { callStore, listCalls } from "@atelier/core/writing";
import { once, table } from "../../clients.ts";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { callBody, TextCall } from "./schemas.ts";

const calls = once(() => callStore(table()));

export const listTexts = operation({
  id: "listTexts",
  method: "GET",
  path: "/v1/texts",
  area: "Texts",
  summary: "Your workspace's paid calls to models of text, newest first",
  description: "What each has cost, and how it ended. Neither words nor answers are kept.",
  auth: "user",
  status: 200,
  query: PageQuery,
  response: pageOf(TextCall),
  problems: [problems.badCursor],
  example: {
    response: {
      items: [
        {
          id: "txt_01JD5S3W7A0000000000000000",
          purpose: "caption",
          provider: "gemini",
          model: "gemini-3.5-flash-lite",
          outcome: "answered",
          reservedMicroUsd: 52,
          costMicroUsd: 15,
          tokensIn: 24,
          tokensOut: 31,
          startedAt: "2026-11-20T10:00:00.100Z",
          endedAt: "2026-11-20T10:00:01.600Z",
        },
      ],
      nextCursor: null,
    },
  },
  run: (ctx, { query }) => listCalls(ctx, { calls: calls() }, query),
  view: (page) => ({ body: { items: page.items.map(callBody), nextCursor: page.nextCursor } }),
});
