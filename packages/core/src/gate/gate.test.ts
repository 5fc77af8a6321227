import { assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { windowStart, windowState } from "./gate.ts";

const moment = integer({ min: 0, max: 4e12 });
const window = (quota: number, seconds: number) => ({ name: "burst", quota, seconds });

test("every moment lies in exactly one window, which ends within its length", () => {
  assert(
    property(moment, integer({ min: 1, max: 86_400 }), (at, seconds) => {
      const start = windowStart(window(1, seconds), at) * 1_000;
      expect(start <= at && at < start + seconds * 1_000).toBe(true);
      const { resetSeconds } = windowState(window(1, seconds), 0, at);
      expect(resetSeconds >= 1 && resetSeconds <= seconds).toBe(true);
      expect(at + resetSeconds * 1_000).toBeGreaterThanOrEqual(start + seconds * 1_000);
    }),
  );
});

test("what is left is never less than nothing", () => {
  assert(
    property(moment, integer({ min: 0, max: 2_000 }), integer({ min: 0, max: 4_000 }), (at, quota, used) => {
      expect(windowState(window(quota, 60), used, at).remaining).toBe(Math.max(0, quota - used));
    }),
  );
});
