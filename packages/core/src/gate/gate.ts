import type { Tier } from "../kernel/index.ts";

/** So many requests in each fixed stretch of so many seconds. */
export type Window = { name: string; quota: number; seconds: number };

/** Signed-in people are only held to a burst limit (product A5): no page could be browsed under an hourly one. */
export const signedIn: readonly Window[] = [
  { name: "burst", quota: 20, seconds: 1 },
  { name: "minute", quota: 1_200, seconds: 60 },
];

/** What a first lease takes: a burst then costs few writes, and what an idle process leaves unused stays small. */
export const unitsPerLease = 5;

/** No answer older than this is trusted: suspension and revocation act within it. */
export const leaseMs = 1_000;

/** How a window stands: requests left, and seconds until it starts anew. */
export type WindowState = Window & { remaining: number; resetSeconds: number };

/** Who may pass, as the gate's row tells. */
export type Standing = {
  tier: Tier;
  suspended: boolean;
  /** Sign-ins (`origin_jti`) that were revoked while their access tokens still ran. */
  revoked: ReadonlySet<string>;
  /** Access tokens issued before this are refused; epoch seconds. 0: none. */
  validFrom: number;
};

/** Units of the windows that held `since`, to be used before `until`, epoch milliseconds. */
export type Lease = { granted: number; standing: Standing; windows: WindowState[]; since: number; until: number };

/** Start of the window that holds `at`, epoch seconds. */
export const windowStart = (window: Window, at: number): number => Math.floor(at / 1000 / window.seconds) * window.seconds;

export function windowState(window: Window, used: number, at: number): WindowState {
  const endsAt = (windowStart(window, at) + window.seconds) * 1000;
  return { ...window, remaining: Math.max(0, window.quota - used), resetSeconds: Math.max(1, Math.ceil((endsAt - at) / 1000)) };
}
