import { array, assert, asyncProperty, constantFrom, integer, oneof, option, record, string, uniqueArray } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { Conflict, derivedIdAt, insert, lowestIdAt, type PageRequest, Problem, problems, replace } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

type Note = { id: string; even: boolean; version: number };

let partitions = 0;
/** A new partition with a note for each moment, all of them in one state too. */
async function partitionOf(moments: readonly number[]): Promise<{ pk: string; statePk: string; notes: Note[] }> {
  partitions += 1;
  const [pk, statePk] = [`laws/${partitions}`, `laws/${partitions}/kept`];
  const notes = moments.map((at): Note => ({ id: derivedIdAt("evt", at, pk), even: at % 2 === 0, version: 1 }));
  await Promise.all(notes.map((note) => database.table.write(insert<Note>({ attributes: ["even"], pk, statePk, sk: note.id, ...note }))));
  return { pk, statePk, notes };
}

const moment = integer({ min: 0, max: 60 });
const bound = option(moment, { nil: undefined });
const at = (from: number | undefined): string | undefined => (from === undefined ? undefined : lowestIdAt("evt", from));

const pageOf = (request: PageRequest) => database.table.page<Note>(request);
const filter = { expression: "even = :yes", values: { ":yes": true } };

describe("pages", () => {
  test("give every row within the bounds once, the newest first, whatever the limit, the filter and the index", async () => {
    await assert(
      asyncProperty(
        uniqueArray(moment, { maxLength: 12 }),
        record({
          limit: integer({ min: 1, max: 5 }),
          from: bound,
          to: bound,
          filtered: constantFrom(true, false),
          byState: constantFrom(true, false),
        }),
        async (moments, { limit, from, to, filtered, byState }) => {
          const { pk, statePk, notes } = await partitionOf(moments);
          const request = { pk, limit, from: at(from), to: at(to), ...(byState && { statePk }), ...(filtered && { filter }) };
          const seen: Note[] = [];
          let cursor: string | undefined;
          do {
            const page = await pageOf({ ...request, cursor });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            seen.push(...page.items);
            cursor = page.nextCursor ?? undefined;
          } while (cursor !== undefined);
          const inBounds = ({ id }: Note) => id >= (request.from ?? "") && id <= (request.to ?? "~");
          const wanted = notes.filter((note) => inBounds(note) && (!filtered || note.even));
          expect(seen).toEqual(wanted.toSorted((one, other) => (one.id < other.id ? 1 : -1)));
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("a cursor", () => {
  /** What a caller might make of a cursor: other characters in it, a part of it, another row's key, anything. */
  const mutation = oneof(
    record({ kind: constantFrom("replace" as const), index: integer({ min: 0, max: 39 }), by: string({ minLength: 1, maxLength: 2 }) }),
    record({ kind: constantFrom("cut" as const), index: integer({ min: 0, max: 39 }) }),
    record({ kind: constantFrom("key" as const), at: integer({ min: 0, max: 2 ** 40 }) }),
    record({ kind: constantFrom("raw" as const), text: string() }),
    record({ kind: constantFrom("any" as const), text: string() }),
  );

  test("that was made or changed by hand is refused, or opens rows of the same list and bounds and nothing else", async () => {
    const mine = await partitionOf([10, 20, 30, 40, 50]);
    await partitionOf([5, 15, 25, 35, 45]);
    const [from, to] = [at(20), at(41)];
    const allowed = mine.notes.map(({ id }) => id).filter((id) => id >= (from ?? "") && id <= (to ?? ""));
    const { nextCursor } = await pageOf({ pk: mine.pk, limit: 1, from, to });
    const given = nextCursor ?? "";
    const [, mark] = Buffer.from(given, "base64url").toString().split(".");
    expect(mark).toMatch(/^[\w-]{8}$/);
    const outcomes = new Set<string>();
    await assert(
      asyncProperty(mutation, constantFrom(undefined, mine.statePk), async (change, statePk) => {
        const cursor =
          change.kind === "replace"
            ? given.slice(0, change.index) + change.by + given.slice(change.index + 1)
            : change.kind === "cut"
              ? given.slice(0, change.index)
              : change.kind === "key"
                ? Buffer.from(`${lowestIdAt("evt", change.at)}.${mark}`).toString("base64url")
                : change.kind === "raw"
                  ? Buffer.from(change.text).toString("base64url")
                  : change.text;
        const [opens = ""] = Buffer.from(cursor, "base64url").toString().split(".");
        try {
          const { items } = await pageOf({ pk: mine.pk, statePk, limit: 10, from, to, cursor });
          // DynamoDB refuses a start outside the bounds, and that would be a fault of ours.
          expect(opens >= (from ?? "") && opens <= (to ?? "")).toBe(true);
          for (const { id } of items) expect(allowed).toContain(id);
          outcomes.add("harmless");
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          expect(error.type).toBe(problems.badCursor);
          outcomes.add("refused");
        }
      }),
      { numRuns: 200, examples: [[{ kind: "key", at: 30 }, undefined]] },
    );
    expect([...outcomes].sort()).toEqual(["harmless", "refused"]);
  });
});

test("a cursor of one list, or of the same with other filters, is none of another", async () => {
  const mine = await partitionOf([10, 20, 30]);
  const other = await partitionOf([10, 20, 30]);
  const { nextCursor } = await pageOf({ pk: mine.pk, limit: 1 });
  const cursor = nextCursor ?? "";
  expect((await pageOf({ pk: mine.pk, limit: 1, cursor })).items).toHaveLength(1);
  for (const request of [{ pk: other.pk }, { pk: mine.pk, statePk: mine.statePk }, { pk: mine.pk, from: at(15) }])
    await expect(pageOf({ ...request, limit: 1, cursor })).rejects.toMatchObject({ type: problems.badCursor });

  const tagged = (tag: string, now = 1): Pick<PageRequest, "filter"> => ({
    filter: { expression: "tag <> :tag AND seen <> :now", values: { ":tag": tag, ":now": now } },
  });
  const { nextCursor: ofA = "" } = await pageOf({ pk: mine.pk, limit: 1, ...tagged("a") });
  const again = { pk: mine.pk, limit: 1, cursor: ofA ?? "" };
  expect((await pageOf({ ...again, ...tagged("a", 2) })).items).toHaveLength(1);
  await expect(pageOf({ ...again, ...tagged("b") })).rejects.toMatchObject({ type: problems.badCursor });
});

describe("a row", () => {
  test("takes one of the changes that were made of the same version, and its version only grows", async () => {
    await assert(
      asyncProperty(array(integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }), async (rivals) => {
        partitions += 1;
        const key = { pk: `laws/${partitions}`, sk: "row" };
        await database.table.write(insert({ ...key, by: -1, version: 1 }));
        for (const [round, count] of rivals.entries()) {
          const version = round + 2;
          const outcomes = await Promise.allSettled(
            Array.from({ length: count }, (_, by) => database.table.write(replace({ ...key, by, version }))),
          );
          const won = outcomes.flatMap(({ status }, by) => (status === "fulfilled" ? [by] : []));
          for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(Conflict);
          expect(won).toHaveLength(1);
          expect(await database.table.get(key)).toEqual({ by: won[0], version });
          await expect(database.table.write(replace({ ...key, by: 9, version }))).rejects.toThrow(Conflict);
        }
      }),
      { numRuns: 12 },
    );
  });
});
