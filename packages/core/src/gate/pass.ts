import { type Clock, Problem, problems, type Tier } from "../kernel/index.ts";
import { type Lease, leaseMs, type Standing, unitsPerLease, type Window, type WindowState, windowStart, windowState } from "./gate.ts";
import { quotaOf } from "./store.dynamo.ts";
import type { GateRow, GateStore } from "./store.ts";

export type Passage = { standing: Standing; windows: WindowState[] };
export type Gate = ReturnType<typeof makeGate>;

/** Callers whose leases one process remembers; the oldest is forgotten first. */
const rememberedCallers = 10_000;

/**
 * Lets callers pass within their limits. A process holds a lease of a few units for at most a second and asks the table again only when it has run out:
 *
 *     request   ──1──2──3──4──5──6──────────▶ time
 *     write     ──●──────────────●──────────   (a lease of 5 units, at most 1 s old)
 *
 * Whoever uses a lease up before its second gets twice as much with the next, as far as their limits allow.
 */
export function makeGate(store: GateStore, clock: Clock) {
  const leases = new Map<string, Promise<Lease>>();
  const last = new Map<string, { row: GateRow; units: number }>();

  /** Throws `request/rate-limited` with Retry-After. Units are taken before the work, so a limit is never passed, whatever runs beside it. */
  async function pass(caller: string, windows: readonly Window[]): Promise<Passage> {
    for (;;) {
      const held = leases.get(caller);
      const lease = await (held ?? renew(caller, windows));
      if (held && (!isRunning(lease, clock.now()) || lease.granted <= 0)) {
        if (leases.get(caller) === held) leases.delete(caller);
        const before = last.get(caller);
        if (before) before.units = isRunning(lease, clock.now()) ? before.units * 2 : unitsPerLease;
        continue;
      }
      if (lease.granted <= 0) throw limited(lease.windows);
      lease.granted -= 1;
      // What the lease still holds is taken, but not used.
      const left = lease.windows.map((window) => ({ ...window, remaining: window.remaining + lease.granted }));
      return { standing: lease.standing, windows: left };
    }
  }

  function renew(caller: string, windows: readonly Window[]): Promise<Lease> {
    const asked = ask(caller, windows);
    leases.set(caller, asked);
    if (leases.size > rememberedCallers) {
      const [oldest] = leases.keys();
      if (oldest !== undefined) {
        leases.delete(oldest);
        last.delete(oldest);
      }
    }
    asked.catch(() => leases.delete(caller));
    return asked;
  }

  /** A full lease; near a limit a single unit, so that the last requests of a window can be used too. */
  async function ask(caller: string, windows: readonly Window[]): Promise<Lease> {
    const at = clock.now();
    const before = last.get(caller);
    const most = Math.min(...windows.map((window) => mostPerLease(window, quotaOf(window, before?.row))));
    const wanted = Math.min(before?.units ?? unitsPerLease, most);
    for (const units of wanted > 1 ? [wanted, 1] : [1]) {
      const { taken, row } = await store.take({ caller, windows, units, at, guess: before?.row.counts });
      last.set(caller, { row, units });
      if (taken || units === 1) return leaseOf(row, windows, at, taken ? units : 0);
    }
    throw new Error("unreachable: the last try always answers");
  }

  /** Forgets what this process holds of a caller, so that a change made here acts here at once. */
  const forget = (caller: string): boolean => leases.delete(caller);

  return { pass, forget, revoke: store.revoke, revokeAll: store.revokeAll };
}

/**
 * A quarter of what is allowed, and no more than falls to a lease's time: what a lease leaves unused is lost, and ten tries in a quarter of an hour have
 * to be ten, however far apart they come.
 */
const mostPerLease = ({ seconds }: Window, quota: number): number =>
  Math.max(1, Math.floor(Math.min(quota / 4, (quota * leaseMs) / 1_000 / seconds)));

/** Nor is it before it began: a clock that was turned back may be in a window from which nothing was taken. */
const isRunning = ({ since, until }: Lease, now: number): boolean => since <= now && now < until;

function leaseOf(row: GateRow, windows: readonly Window[], at: number, granted: number): Lease {
  return {
    granted,
    since: at,
    // Never into the next window: what is taken from one must not be spent in another.
    until: Math.min(at + leaseMs, ...windows.map((window) => (windowStart(window, at) + window.seconds) * 1000)),
    standing: {
      tier: (row.tier as Tier | undefined) ?? "free",
      suspended: row.suspended ?? false,
      revoked: row.revoked ?? new Set(),
      validFrom: row.validFrom ?? 0,
    },
    windows: windows.map((window) => windowState({ ...window, quota: quotaOf(window, row) }, row.counts[window.name]?.used ?? 0, at)),
  };
}

function limited(windows: readonly WindowState[]): Problem {
  const full = windows.filter((window) => window.remaining === 0);
  const waitSeconds = Math.max(1, ...full.map((window) => window.resetSeconds));
  const which = full[0] ?? windows[0];
  return new Problem(
    problems.rateLimited,
    `At most ${which?.quota} requests in ${which?.seconds} s are allowed here. Try again in ${waitSeconds} s.`,
    { headers: { "retry-after": String(waitSeconds), ...rateLimitHeaders(windows) } },
  );
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-11. @see contracts.md §3.3 */
export function rateLimitHeaders(windows: readonly WindowState[]): Record<string, string> {
  return {
    "ratelimit-policy": windows.map(({ name, quota, seconds }) => `"${name}";q=${quota};w=${seconds}`).join(", "),
    ratelimit: windows.map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`).join(", "),
  };
}
