import { array, assert, asyncProperty, constantFrom, integer, oneof, property } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvedRow } from "../../../../tests/harness/records.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, instant, newId, Problem } from "../kernel/index.ts";
import { imageStore } from "../library/index.ts";
import { connect, create, delayUntil, dispatchDue, find, handleMessage, type Network, type PublishMessage, postStore } from "./index.ts";
import { dueTime } from "./new-post.ts";
import { soonMs } from "./post.ts";
import { PostRequest } from "./request.ts";

const epoch = Date.parse("2026-10-20T10:00:00.000Z");
const dayMs = 86_400_000;

const contextAt = (time: { now: number }): Context => ({
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId: newId("wks", epoch),
  correlationId: "req_law",
  clock: {
    now: () => time.now,
    // Waiting is what turns this clock.
    sleepUntil: async (at) => {
      time.now = Math.max(time.now, at);
    },
  },
});

describe("a local time", () => {
  /** Both changes of the clocks on both halves of the earth, by one hour and by half of one, and none at all. */
  const zones = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC"] as const;
  type Zone = (typeof zones)[number];
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  const clocks = new Map(zones.map((timeZone) => [timeZone, new Intl.DateTimeFormat("sv-SE", { ...fields, timeZone })]));
  const shown = (zone: Zone, at: number): string => clocks.get(zone)?.format(at).replace(" ", "T") ?? "";

  /** By how much the zone's clocks are ahead of UTC's, milliseconds. */
  const offset = (zone: Zone, at: number): number => Date.parse(`${shown(zone, at)}Z`) - at;
  /** The moments of two years at which they are changed. */
  const changesOf = (zone: Zone): number[] =>
    Array.from({ length: 4 * 731 }, (_, quarter) => epoch + quarter * (dayMs / 4))
      .filter((at) => offset(zone, at) !== offset(zone, at + dayMs / 4))
      .map((at) => {
        let change = at;
        while (offset(zone, change) === offset(zone, at)) change += 900_000;
        return change;
      });
  const changes = zones.flatMap((zone) => changesOf(zone).map((at) => ({ zone, at })));

  const ctx = contextAt({ now: epoch });
  const understood = (scheduledAt: string, timeZone: string): number | undefined => {
    try {
      return dueTime(ctx, { scheduledAt, timeZone });
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  };

  test("meets changes of the clocks in both directions, by an hour and by half of one", () => {
    const steps = changes.map(({ zone, at }) => (offset(zone, at) - offset(zone, at - 60_000)) / 60_000);
    expect([...new Set(steps)].sort((one, other) => one - other)).toEqual([-60, -30, 30, 60]);
  });

  test("is the first moment at which that zone's clocks show it, and refused if they never do", () => {
    assert(
      property(constantFrom(...changes), integer({ min: -180, max: 180 }), ({ zone, at }, minutes) => {
        const naive = at + offset(zone, at - 60_000) + minutes * 60_000;
        const local = new Date(naive).toISOString().slice(0, 19);
        // All that a zone can be off, in steps that each change is a multiple of.
        const moments = Array.from({ length: 113 }, (_, i) => naive - 14 * 3_600_000 + i * 900_000).filter(
          (at) => shown(zone, at) === local,
        );
        expect(understood(local, zone)).toBe(moments[0]);
      }),
      { numRuns: 500 },
    );
  });

  test("that clocks show at some moment is understood as that one or, where an hour comes twice, as the earlier", () => {
    assert(
      property(constantFrom(...zones), integer({ min: 1, max: 1_000 * 24 * 60 }), (zone, minutes) => {
        const at = epoch + minutes * 60_000;
        const local = shown(zone, at);
        const due = understood(local, zone) ?? Number.NaN;
        expect(shown(zone, due)).toBe(local);
        expect(due === at || (due < at && at - due <= 3_600_000)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a delay", () => {
  test("is whole seconds that a queue takes, ends a second short of the due time or sooner, and comes nearer with every message", () => {
    assert(
      property(
        oneof(integer({ min: -5_000, max: 905_000 }), integer({ min: -dayMs, max: 5 * 366 * dayMs })),
        integer({ min: 0, max: 10 ** 6 }),
        (aheadMs, sinceMs) => {
          const now = epoch + sinceMs;
          const dueAt = now + aheadMs;
          const delay = delayUntil(dueAt, now);
          expect(Number.isInteger(delay) && delay >= 0 && delay <= 900).toBe(true);
          if (delay > 0) expect(now + delay * 1_000).toBeLessThanOrEqual(dueAt - 1_000);
          // Whoever is not there yet is on the way: what is left is never waited for in steps of nothing.
          if (aheadMs > 2_500) expect(delay).toBeGreaterThan(0);
          if (aheadMs > 0 && delay < 900) expect(dueAt - (now + delay * 1_000)).toBeLessThan(2_000 + 1);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("due work", () => {
  let database: TestTable;
  beforeAll(async () => {
    database = await startTable();
  });
  afterAll(() => database.close());

  /** What lies between two runs of the rule: a minute, but never to the second. */
  const runs = array(integer({ min: 55_000, max: 65_000 }), { minLength: 12, maxLength: 12 });

  test("is sent in time by the rule that reads two minutes ahead, begun at its due time or later, and done once", async () => {
    const posts = postStore(database.table);
    await assert(
      asyncProperty(array(integer({ min: 1_000, max: 600_000 }), { minLength: 1, maxLength: 5 }), runs, async (ahead, gaps) => {
        const time = { now: epoch };
        const ctx = contextAt(time);
        const image = await approvedRow(ctx, imageStore(database.table));
        const channel = await connect(
          ctx,
          { posts },
          { network: "feed", name: "Laws", description: "", slug: `laws-${ctx.workspaceId.slice(-20).toLowerCase()}` },
        );

        const begun = new Map<string, number[]>();
        const network: Network = {
          async publish({ post }) {
            begun.set(post.id, [...(begun.get(post.id) ?? []), time.now]);
            return { kind: "published", externalId: post.id, url: "https://example.org/", publishedAt: instant(time.now) };
          },
          lookUp: async () => ({ kind: "absent" }),
          takeDown: async () => true,
        };
        /** The queue: messages and when each of them comes out. */
        const queue: { at: number; message: PublishMessage }[] = [];
        const later = async (message: PublishMessage, delaySeconds: number) => {
          expect(Number.isInteger(delaySeconds) && delaySeconds >= 0 && delaySeconds <= 900).toBe(true);
          queue.push({ at: time.now + delaySeconds * 1_000, message });
        };
        const deliverUntil = async (until: number) => {
          for (;;) {
            queue.sort((one, other) => one.at - other.at);
            const next = queue[0];
            if (!next || next.at > until) break;
            queue.shift();
            time.now = Math.max(time.now, next.at);
            await handleMessage(ctx, { posts, networks: { feed: network }, later }, next.message);
          }
          time.now = Math.max(time.now, until);
        };

        const due = new Map<string, number>();
        for (const ms of ahead) {
          const scheduledAt = instant(epoch + ms);
          const post = await create(ctx, { posts }, PostRequest.parse({ channelIds: [channel.id], imageIds: [image.id], scheduledAt }));
          due.set(post.id, epoch + ms);
          // Its own event sends what is due soon.
          if (ms <= soonMs) await later({ kind: "due", ...post, dueAt: epoch + ms }, 0);
        }
        for (const gap of gaps) {
          await deliverUntil(time.now + gap);
          const send = async (
            found: { workspaceId: string; id: string; version: number; dueAt: number }[],
            kind: PublishMessage["kind"],
            now: number,
          ) => {
            for (const one of found) if (one.workspaceId === ctx.workspaceId) await later({ kind, ...one }, delayUntil(one.dueAt, now));
          };
          await dispatchDue(ctx, { posts, send });
        }
        for (const [id, dueAt] of due) {
          const times = begun.get(id) ?? [];
          expect(times).toHaveLength(1);
          // Never early; and a worker is at hand for each, so never late either, but for the turn of another that was waited for here.
          expect(times[0]).toBeGreaterThanOrEqual(dueAt);
          expect((times[0] ?? 0) - dueAt).toBeLessThan(2_500 + 1);
          expect((await find(ctx, { posts }, id)).state).toBe("published");
        }
      }),
      { numRuns: 6 },
    );
  });
});
