import * as z from "zod/mini";
import { instant, troubleOf } from "../../kernel/index.ts";
import type { Network, PublishOutcome } from "../network.ts";
import { publishingProblems } from "../problems.ts";

/** Whoever has not answered by then may have taken the post all the same. */
const deadlineMs = 5_000;

/** Clocks of networks differ from ours. */
const slackMs = 60_000;

export type LoopbackOptions = {
  /** Of the stand-in, on this machine. */
  url: string;
  /** Whether it knows `Idempotency-Key`. */
  keys: boolean;
};

const Shown = z.object({ id: z.string(), url: z.url(), text: z.string(), createdAt: z.string() });
const Listed = z.object({ items: z.array(Shown) });

/**
 * A stand-in of a social network on this machine, so that publishing can be tried against one that drops the line, answers late or takes a post
 * twice. Never a repeat without asking: with keys the network itself tells a repeat; without them its list is read first.
 */
export function loopbackNetwork({ url, keys }: LoopbackOptions): Network {
  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(deadlineMs) });

  return {
    async publish({ post, channel, caption }) {
      const response = await call("/posts", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(keys && { "idempotency-key": `${post.id}/${channel.id}/${post.approval?.digest ?? ""}` }),
        },
        body: JSON.stringify({ channel: channel.id, text: caption }),
      });
      const told = await response.text();
      if (response.status >= 500) throw new Error(`it answered ${response.status}`);
      return response.ok
        ? publishedAs(Shown.parse(JSON.parse(told)))
        : refused(`The network answered ${response.status}: ${told.slice(0, 200)}`);
    },

    async lookUp({ channel, caption, begunAt }) {
      if (keys) return { kind: "repeatable" };
      const since = instant(Date.parse(begunAt) - slackMs);
      const response = await call(`/posts?channel=${encodeURIComponent(channel.id)}&since=${encodeURIComponent(since)}`);
      if (!response.ok) throw new Error(`its list answered ${response.status}`);
      const alike = Listed.parse(await response.json()).items.filter((item) => item.text === caption);
      const [found] = alike;
      if (found === undefined) return { kind: "absent" };
      return alike.length === 1
        ? publishedAs(found)
        : {
            kind: "unknown",
            problem: troubleOf(publishingProblems.unconfirmed, `The network shows ${alike.length} posts with these words.`),
          };
    },

    async takeDown(post, channel) {
      const delivery = post.deliveries.find(({ channelId }) => channelId === channel.id);
      if (delivery?.externalId === undefined) return false;
      const answer = await call(`/posts/${delivery.externalId}`, { method: "DELETE" }).catch(() => undefined);
      return answer?.status === 200 || answer?.status === 404;
    },
  };
}

const publishedAs = ({ id, url, createdAt }: z.infer<typeof Shown>): PublishOutcome => ({
  kind: "published",
  externalId: id,
  url,
  publishedAt: createdAt,
});

const refused = (detail: string): PublishOutcome => ({ kind: "failed", problem: troubleOf(publishingProblems.notTaken, detail) });
