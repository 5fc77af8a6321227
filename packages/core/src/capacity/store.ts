import type { Place, Taken, Verdict } from "./capacity.ts";

/** Port of what all workers together may ask of each provider. */
export type Capacity = {
  /** Takes a place for the holder `id`, for at most `leaseMs`: whoever dies holds it no longer. */
  take(provider: string, request: { id: string; at: number; leaseMs: number }): Promise<Taken>;
  /** Gives it back, and says how the provider did. A place whose lease has run out, and that another has, stays that other one's. */
  giveBack(provider: string, place: Place, end: { id: string; at: number; verdict: Verdict; retryAfterMs?: number }): Promise<void>;
  /** Of those that are paused, until when, epoch milliseconds; it may be over. One call at most. */
  pauses(providers: readonly string[]): Promise<Readonly<Record<string, number>>>;
};
