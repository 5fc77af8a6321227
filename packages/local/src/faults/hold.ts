import { setTimeout as pause } from "node:timers/promises";

/** Waits until the first of these: the time is over, a signal is given. Without a time only a signal ends it. */
export async function holdUntil(ms: number | undefined, ...ends: AbortSignal[]): Promise<void> {
  const signal = AbortSignal.any(ends);
  if (signal.aborted) return;
  if (ms !== undefined) return pause(ms, undefined, { signal }).catch(() => undefined);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** How long a call lets others go first if none comes. */
const patienceMs = 1_000;

/** Where calls change places: one that waits goes on once another of the same kind is through. */
export type Siding = {
  wait(kind: string, ms: number | undefined, ...ends: AbortSignal[]): Promise<void>;
  through(kind: string): void;
};

export function makeSiding(): Siding {
  const waiting = new Map<string, Set<AbortController>>();
  return {
    async wait(kind, ms = patienceMs, ...ends) {
      const overtaken = new AbortController();
      const here = waiting.get(kind) ?? new Set();
      waiting.set(kind, here.add(overtaken));
      await holdUntil(ms, overtaken.signal, ...ends);
      here.delete(overtaken);
    },
    through(kind) {
      for (const one of waiting.get(kind) ?? []) one.abort();
    },
  };
}
