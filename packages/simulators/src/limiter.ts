/** A sliding window: at most `max` requests in any `windowMs` by the clock; one more and all are refused for `blockMs` (by default only that one). */
export function limiter({ max, windowMs, blockMs = 0, now }: { max: number; windowMs: number; blockMs?: number; now(): number }) {
  let taken: number[] = [];
  let blockedUntil = Number.NEGATIVE_INFINITY;
  return {
    /** Undefined where the request may pass; else the seconds until the next may, at least 1. */
    take(): number | undefined {
      const at = now();
      if (at < blockedUntil) return Math.max(1, Math.ceil((blockedUntil - at) / 1000));
      taken = taken.filter((time) => time > at - windowMs);
      if (taken.length < max) {
        taken.push(at);
        return undefined;
      }
      if (blockMs > 0) blockedUntil = at + blockMs;
      const free = blockMs > 0 ? blockedUntil : (taken[0] ?? at) + windowMs;
      return Math.max(1, Math.ceil((free - at) / 1000));
    },
  };
}
