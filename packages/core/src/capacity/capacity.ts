import type { ProviderLimits } from "../providers/index.ts";

/** One of the places of a provider. `isProbe`: it is paused, and this one tries whether it works again. */
export type Place = { slot: number; isProbe?: true };

/**
 * - `full`: nobody may be asked before `until`, where that is known: the minute's share is used up, or all places are taken
 * - `paused`: it has failed too often in a row
 */
export type Denied = { kind: "full"; until?: number } | { kind: "paused"; until: number };
export type Taken = { kind: "place"; place?: Place } | Denied;

/** What the end of an attempt says of its provider; `neither` says nothing. */
export type Verdict = "well" | "ill" | "neither";

/** Failures in a row after which a provider is paused. */
export const failuresMax = 5;
/** How long nobody asks it then, if it has not said so itself. */
export const pauseMs = 30_000;
const pauseMsMax = 15 * 60_000;
/** Clocks of processes differ by less; what lies further ahead than it can was written before a clock was turned back. */
const skewMs = 60_000;

/** A provider's row as it was last seen. Times are epoch milliseconds. */
export type Seen = {
  /** Until when each place is taken, by its number; whoever dies gives it back by that. */
  slots: Readonly<Record<number, number>>;
  /** When the next may begin, if all begin at even distances. */
  nextAt?: number | undefined;
  pausedUntil?: number | undefined;
};

/** How far ahead of `nextAt` one may begin, so that a few may begin at once: a tenth of the minute's. */
const burstMsOf = ({ perMinute }: ProviderLimits): number => (Math.max(1, Math.ceil(perMinute / 10)) - 1) * distanceMsOf({ perMinute });
export const distanceMsOf = ({ perMinute }: Pick<ProviderLimits, "perMinute">): number => Math.ceil(60_000 / perMinute);

/** Bounds beyond which a time in a row means nothing now. */
export const boundsOf = (limits: ProviderLimits, at: number, leaseMs: number) => ({
  slot: at + leaseMs + skewMs,
  next: at + burstMsOf(limits),
  nextMost: at + burstMsOf(limits) + distanceMsOf(limits) + skewMs,
  pause: at + pauseMsMax + leaseMs + skewMs,
});

const isFree = (until: number | undefined, at: number, bound: number): boolean => until === undefined || until <= at || until > bound;

export const freeSlots = ({ slots }: Seen, limits: ProviderLimits, at: number, leaseMs: number): number[] =>
  Array.from({ length: limits.atOnce }, (_, slot) => slot).filter((slot) => isFree(slots[slot], at, boundsOf(limits, at, leaseMs).slot));

/** Why nobody may be asked now, as far as the row tells. */
export function deniedBy(seen: Seen, limits: ProviderLimits, at: number, leaseMs: number): Denied | undefined {
  const bounds = boundsOf(limits, at, leaseMs);
  const { pausedUntil, nextAt } = seen;
  if (!isFree(pausedUntil, at, bounds.pause)) return { kind: "paused", until: pausedUntil ?? at };
  if (freeSlots(seen, limits, at, leaseMs).length === 0) return { kind: "full" };
  if (nextAt !== undefined && nextAt > bounds.next && nextAt <= bounds.nextMost) return { kind: "full", until: nextAt - bounds.next + at };
  return undefined;
}

/** Until when a provider is paused that has said to come again after `retryAfterMs`. */
export const pausedUntilOf = (at: number, retryAfterMs = 0): number => at + Math.min(pauseMsMax, Math.max(pauseMs, retryAfterMs));
