import type { Clock } from "../clock.ts";
import type { SqsStore } from "./store.ts";

type Ageing = { name: string; retentionSeconds: number };

/**
 * Deletes what is older than its queue's retention. It remembers when each queue's oldest message was sent, so that a call on a
 * queue where nothing has come of age costs no query, and the table needs no index by age.
 */
export function makeRetention(messages: SqsStore["messages"], clock: Clock) {
  /** Epoch ms, or earlier than the true oldest, which only costs a look; a missing entry is not known yet. */
  const oldestSentAt = new Map<string, number>();

  return {
    expire({ name, retentionSeconds }: Ageing): void {
      const sentUntil = clock.now() - retentionSeconds * 1000;
      const oldest = oldestSentAt.get(name);
      if (oldest !== undefined && oldest > sentUntil) return;
      messages.expire(name, sentUntil);
      oldestSentAt.set(name, messages.oldestSentAt(name) ?? Number.POSITIVE_INFINITY);
    },
    added(name: string, sentAt: number): void {
      const oldest = oldestSentAt.get(name);
      if (oldest !== undefined && oldest > sentAt) oldestSentAt.set(name, sentAt);
    },
    /** Messages of unknown age came in, or the retention changed. */
    reset: (name: string) => void oldestSentAt.delete(name),
  };
}
