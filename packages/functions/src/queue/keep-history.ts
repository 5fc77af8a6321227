import { historyStore } from "@atelier/core/history";
import * as z from "zod/mini";
import { once, table } from "../clients.ts";
import { consumer, News } from "./consume.ts";

/** Events that were on their way when `actor` came into them have none. */
const Told = z.extend(News, { detail: z.extend(News.shape.detail, { at: z.string(), actor: z._default(z.string(), "system") }) });

const history = once(() => historyStore(table()));

/** What has happened to generations, images and posts is written down, in the order in which it happened. */
export const handler = consumer("keep history", Told, async ({ "detail-type": act, detail }, note) => {
  const { id, workspaceId, at, actor, subject, correlationId } = detail;
  await history().keep({ id, workspaceId, at, act, actor, subject, correlationId });
  note({ state: "kept" });
});
