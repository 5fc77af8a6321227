import { type DeadLetters, wordFor } from "./dead-letters.ts";
import { ask } from "./place.ts";

type LocalQueue = { name: string; visible: number; inFlight: number; delayed: number; deadLetterOf?: string[]; oldestMs?: number };

type Redriven = { redriven: number; kept: { messageId: string; why: string }[] };

/** The dead letters of the embedded cloud at an address. */
export function localDeadLetters(url: string): DeadLetters {
  return {
    async list() {
      const { items } = await ask<{ items: LocalQueue[] }>(url, "queues");
      return items
        .filter(({ deadLetterOf }) => deadLetterOf)
        .map(({ name: queue, visible, inFlight, delayed, oldestMs }) => ({
          name: wordFor(queue, ""),
          queue,
          count: visible + inFlight + delayed,
          ...(oldestMs !== undefined && { oldestMs }),
        }));
    },
    async redrive({ queue }) {
      const { redriven, kept } = await ask<Redriven>(url, "queues", { redrive: queue });
      return [`${redriven} sent again.`, ...kept.map(({ messageId, why }) => `${messageId} stays: ${why}`)].join("\n");
    },
  };
}
