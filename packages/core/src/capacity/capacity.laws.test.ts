import { array, assert, asyncProperty, integer, record } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { capacityStore, failuresMax, type Place, pauseMs } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const leaseMs = 60_000;
const epoch = Date.parse("2026-11-20T10:00:00.000Z");
let providers = 0;

/** A provider that nobody has asked yet, and several processes that share its limits. */
function opened(limits: { atOnce: number; perMinute: number }, processes = 1) {
  providers += 1;
  const provider = `provider-${providers}`;
  const stores = Array.from({ length: processes }, () => capacityStore(database.table, () => limits));
  let turns = 0;
  const store = () => {
    turns += 1;
    return stores[turns % processes] as (typeof stores)[number];
  };
  let ids = 0;
  const take = async (at: number) => {
    ids += 1;
    const id = `att_${ids}`;
    return { id, taken: await store().take(provider, { id, at, leaseMs }) };
  };
  const giveBack = (id: string, place: Place, at: number, verdict: "well" | "ill" | "neither") =>
    store().giveBack(provider, place, { id, at, verdict });
  /** Takes a place and gives it back with this verdict; what it was told if it got none. */
  const tried = async (at: number, verdict: "well" | "ill" | "neither") => {
    const { id, taken } = await take(at);
    if (taken.kind !== "place" || !taken.place) return taken;
    await giveBack(id, taken.place, at, verdict);
    return taken;
  };
  return { provider, store, take, giveBack, tried };
}

const plenty = 60_000;

describe("a provider's limits", () => {
  const round = record({ waitMs: integer({ min: 0, max: 40_000 }), end: integer({ min: 0, max: 100 }), die: integer({ min: 0, max: 30 }) });

  test("64 callers at once, in several processes that may die, never pass them", async () => {
    await assert(
      asyncProperty(
        integer({ min: 1, max: 12 }),
        integer({ min: 1, max: 600 }),
        array(round, { minLength: 1, maxLength: 3 }),
        async (atOnce, perMinute, rounds) => {
          const { take, giveBack } = opened({ atOnce, perMinute }, 4);
          const begun: number[] = [];
          let held: { id: string; place: Place; until: number; isDead: boolean }[] = [];
          let now = epoch;
          for (const { waitMs, end, die } of rounds) {
            const answers = await Promise.all(Array.from({ length: 64 }, () => take(now)));
            for (const { id, taken } of answers) {
              if (taken.kind !== "place" || !taken.place) continue;
              begun.push(now);
              held.push({ id, place: taken.place, until: now + leaseMs, isDead: begun.length % 100 < die });
            }
            held = held.filter(({ until }) => until > now);
            expect(held.length).toBeLessThanOrEqual(atOnce);
            expect(new Set(held.map(({ place }) => place.slot)).size).toBe(held.length);
            // In no span may more begin than its share, and a tenth of a minute's beside.
            for (const [index, at] of begun.entries()) {
              const inSpan = begun.slice(index).length;
              expect(inSpan).toBeLessThanOrEqual(Math.ceil(perMinute / 10) + ((now - at) * perMinute) / 60_000);
            }
            now += waitMs;
            const ending = held.filter(({ isDead }, index) => !isDead && index % 100 < end);
            await Promise.all(ending.map(({ id, place }) => giveBack(id, place, now, "well")));
            held = held.filter((one) => !ending.includes(one));
          }
          // Whoever has died gives its place back with its lease, and nobody has to do anything for that.
          now += leaseMs + 60_000;
          const { taken } = await take(now);
          expect(taken.kind).toBe("place");
        },
      ),
      { numRuns: 12 },
    );
  });

  test("all places are given out, and none twice, when many ask at once", async () => {
    const { take } = opened({ atOnce: 10, perMinute: plenty }, 4);
    const answers = await Promise.all(Array.from({ length: 64 }, () => take(epoch)));
    const slots = answers.flatMap(({ taken }) => (taken.kind === "place" && taken.place ? [taken.place.slot] : []));
    expect(new Set(slots).size).toBe(slots.length);
    const more = await Promise.all(Array.from({ length: 10 }, () => take(epoch)));
    expect(slots.length + more.filter(({ taken }) => taken.kind === "place").length).toBe(10);
  });

  test("a holder whose lease has run out takes nothing from whoever has its place now", async () => {
    const { take, giveBack } = opened({ atOnce: 1, perMinute: plenty });
    const first = await take(epoch);
    if (first.taken.kind !== "place" || !first.taken.place) return expect.unreachable();
    expect((await take(epoch)).taken).toMatchObject({ kind: "full" });
    const second = await take(epoch + leaseMs + 1);
    expect(second.taken.kind).toBe("place");
    await giveBack(first.id, first.taken.place, epoch + leaseMs + 2, "well");
    expect((await take(epoch + leaseMs + 3)).taken).toMatchObject({ kind: "full" });
  });

  test("whoever is told when the next may begin can begin then, and not before", async () => {
    const { tried } = opened({ atOnce: 10, perMinute: 6 });
    expect((await tried(epoch, "well")).kind).toBe("place");
    const told = await tried(epoch + 1_000, "well");
    expect(told).toEqual({ kind: "full", until: epoch + 10_000 });
    expect((await tried(epoch + 9_999, "well")).kind).toBe("full");
    expect((await tried(epoch + 10_000, "well")).kind).toBe("place");
  });

  test("a clock that is turned back shuts nobody out", async () => {
    const { take } = opened({ atOnce: 1, perMinute: 1 });
    expect((await take(epoch + 86_400_000)).taken.kind).toBe("place");
    expect((await take(epoch)).taken.kind).toBe("place");
  });
});

describe("a provider that fails", () => {
  const fail = async ({ tried }: ReturnType<typeof opened>, times: number, at = epoch) => {
    for (let i = 0; i < times; i += 1) expect((await tried(at, "ill")).kind).toBe("place");
  };

  test("is paused after so many failures in a row, and not before", async () => {
    const line = opened({ atOnce: 5, perMinute: plenty }, 3);
    await fail(line, failuresMax - 1);
    await line.tried(epoch, "well");
    await fail(line, failuresMax - 1);
    // What says nothing neither counts nor ends the row.
    await line.tried(epoch, "neither");
    await fail(line, 1);
    expect(await line.tried(epoch, "well")).toEqual({ kind: "paused", until: epoch + pauseMs });
    expect(await line.store().pauses([line.provider])).toEqual({ [line.provider]: epoch + pauseMs });
  });

  test("lets one of 64 through when its pause is over, and works again when that one has succeeded", async () => {
    const line = opened({ atOnce: 64, perMinute: plenty }, 4);
    await fail(line, failuresMax);
    const later = epoch + pauseMs;
    const answers = await Promise.all(Array.from({ length: 64 }, () => line.take(later)));
    const through = answers.filter(({ taken }) => taken.kind === "place");
    expect(through).toHaveLength(1);
    expect(answers.filter(({ taken }) => taken.kind === "paused")).toHaveLength(63);
    const [probe] = through;
    if (probe?.taken.kind !== "place" || !probe.taken.place) return expect.unreachable();
    await line.giveBack(probe.id, probe.taken.place, later + 1, "well");
    expect((await line.tried(later + 1, "well")).kind).toBe("place");
    expect(await line.store().pauses([line.provider])).toEqual({});
  });

  test("is paused anew when that one fails, and tried again when that one has died", async () => {
    const line = opened({ atOnce: 5, perMinute: plenty });
    await fail(line, failuresMax);
    const again = epoch + pauseMs;
    await line.tried(again, "ill");
    expect(await line.tried(again, "well")).toEqual({ kind: "paused", until: again + pauseMs });
    const third = again + pauseMs;
    expect((await line.take(third)).taken).toMatchObject({ place: { isProbe: true } });
    expect((await line.take(third + leaseMs - 1)).taken.kind).toBe("paused");
    expect((await line.take(third + leaseMs)).taken).toMatchObject({ place: { isProbe: true } });
  });

  test("is not opened again by what was begun before its pause", async () => {
    const line = opened({ atOnce: 10, perMinute: plenty });
    const early = await line.take(epoch);
    await fail(line, failuresMax);
    if (early.taken.kind !== "place" || !early.taken.place) return expect.unreachable();
    await line.giveBack(early.id, early.taken.place, epoch + 1, "well");
    expect((await line.tried(epoch + 2, "well")).kind).toBe("paused");
  });
});

test("a place costs one call and its return another, and a provider without limits none", async () => {
  const { tried } = opened({ atOnce: 5, perMinute: plenty });
  database.calls.length = 0;
  for (let i = 0; i < 3; i += 1) await tried(epoch, "well");
  expect(database.calls).toEqual(Array.from({ length: 6 }, () => "UpdateItemCommand"));
  const free = capacityStore(database.table, () => undefined);
  database.calls.length = 0;
  expect(await free.take("sketch", { id: "att_1", at: epoch, leaseMs })).toEqual({ kind: "place" });
  expect(await free.pauses(["sketch"])).toEqual({});
  expect(database.calls).toEqual([]);
});
