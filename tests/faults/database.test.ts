import { Busy, Conflict, insert, newId, persist, type Row, replace } from "@atelier/core/kernel";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeBook } from "../../packages/local/src/faults/book.ts";
import { parseRule } from "../../packages/local/src/faults/rule.ts";
import { seeds, tell } from "../harness/seeds.ts";
import { startTable, type TestTable } from "../harness/table.ts";

const faults = makeBook();
let database: TestTable;
beforeAll(async () => {
  database = await startTable(faults);
});
afterAll(() => database.close());
afterEach(() => void faults.remove());

const order = (more: Record<string, unknown>) => faults.add(parseRule({ service: "dynamodb", ...more }, ["dynamodb"]));
const struck = () => Object.fromEntries(faults.list().map(({ call, fault, seen, applied }) => [`${call} ${fault}`, `${applied}/${seen}`]));

type Note = { id: string; text: string; version: number };
const rowOf = (note: Note): Row<Note> => ({ pk: "notes", sk: note.id, ...note });
const noteIn = (id: string) => database.table.get<Note>({ pk: "notes", sk: id });

describe.each(seeds)("a database that falters, seed %i", (seed) => {
  /** From a tenth to half of all calls. */
  const chance = 0.1 + (0.4 * ((seed * 7) % 20)) / 19;
  const work = Array.from({ length: 40 }, (_, index) => index);

  test.each(["throttle", "conflict", "error", "dropAfter", "dropBefore"])(
    "takes a new row or says that it could not, and never calls it somebody else's (%s)",
    async (fault) => {
      order({ fault, chance, seed });
      const outcomes = await Promise.all(
        work.map(async (index) => {
          const note = { id: newId("evt", Date.now()), text: `${index}`, version: 1 };
          const beside = { id: newId("evt", Date.now()), text: `beside ${index}`, version: 1 };
          const writes = index % 2 === 0 ? [insert(rowOf(note))] : [insert(rowOf(note)), insert(rowOf(beside))];
          const error = await database.table.write(...writes).then(
            () => undefined,
            (refused: unknown) => refused,
          );
          return { note, beside: index % 2 === 0 ? undefined : beside, error };
        }),
      );
      tell(`new rows, ${fault} ${chance.toFixed(2)}`, seed, struck());
      faults.remove();
      for (const { note, beside, error } of outcomes) {
        expect(error).not.toBeInstanceOf(Conflict);
        const there = await noteIn(note.id);
        if (!error) expect(there).toEqual(note);
        if (beside) expect((await noteIn(beside.id)) === undefined).toBe(there === undefined);
      }
      // Where half of all calls fail, chance takes some of those that are tried again as well.
      expect(outcomes.filter(({ error }) => error === undefined).length).toBeGreaterThan(work.length / 4);
    },
  );

  test.each(["throttle", "conflict", "dropAfter"])("has every change that it took, and none that it refused (%s)", async (fault) => {
    const id = newId("evt", Date.now());
    await database.table.write(insert(rowOf({ id, text: "", version: 1 })));
    order({ fault, chance: chance / 2, seed });
    const taken = await Promise.allSettled(
      Array.from({ length: 8 }, (_, writer) =>
        persist(async () => {
          const note = await noteIn(id);
          if (!note) throw new Error("It is gone.");
          await database.table.write(replace(rowOf({ ...note, text: `${note.text}${writer}`, version: note.version + 1 })));
        }, 40),
      ),
    );
    tell(`changes, ${fault} ${(chance / 2).toFixed(2)}`, seed, struck());
    const lost = fault === "dropAfter" ? faults.list().reduce((sum, { applied }) => sum + applied, 0) : 0;
    faults.remove();
    const { text = "", version } = (await noteIn(id)) ?? {};
    expect(version).toBe(text.length + 1);
    const times = taken.map((_, writer) => text.split(String(writer)).length - 1);
    // Where its answer was lost and another writer came between, a change is made on top of itself: once for each such answer at most.
    expect(times.reduce((sum, count) => sum + Math.max(0, count - 1), 0)).toBeLessThanOrEqual(lost);
    for (const [writer, { status }] of taken.entries()) if (status === "fulfilled") expect(times[writer]).toBeGreaterThanOrEqual(1);
  });

  test("gives all rows of a batch, however often it answers with a part of them", async () => {
    const notes = work.map((index) => ({ id: newId("evt", Date.now()), text: `${index}`, version: 1 }));
    await Promise.all(notes.map((note) => database.table.write(insert(rowOf(note)))));
    order({ call: "BatchGetItem", fault: "partial", seed, times: 4 });
    expect(await database.table.getMany<Note>(notes.map(({ id }) => ({ pk: "notes", sk: id })))).toEqual(notes);
    tell("batches", seed, struck());
  });
});

describe("a database that does not come back", () => {
  const someNote = (): Note => ({ id: newId("evt", Date.now()), text: "", version: 1 });

  test("is asked a few times and then given up, whatever it says and whatever it is asked", async () => {
    const whole = { call: "PutItem", notes: [someNote()] };
    const both = { call: "TransactWriteItems", notes: [someNote(), someNote()] };
    const cases = ["throttle", "conflict"].flatMap((fault) => [whole, both].map((asked) => ({ fault, ...asked })));
    const begun = performance.now();
    await Promise.all(
      cases.map(async ({ fault, call, notes }) => {
        const fresh = notes.map(() => someNote());
        const { id } = order({ call, fault, match: fresh[0]?.id });
        await expect(database.table.write(...fresh.map((note) => insert(rowOf(note))))).rejects.toThrow();
        const asked = faults.list().find((rule) => rule.id === id)?.seen ?? 0;
        expect(asked, `${fault} of ${call}`).toBeGreaterThan(1);
        expect(asked, `${fault} of ${call}`).toBeLessThanOrEqual(8);
      }),
    );
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test("that always leaves out a part of a batch is given up too", async () => {
    const note = someNote();
    await database.table.write(insert(rowOf(note)));
    order({ call: "BatchGetItem", fault: "partial" });
    await expect(database.table.getMany([{ pk: "notes", sk: note.id }])).rejects.toThrow(Busy);
    expect(faults.list()[0]?.seen).toBeLessThanOrEqual(8);
  });

  test("does not see all whom it turned away together come back together", async () => {
    const writers = 24;
    const spreadsMs: number[] = [];
    // Several times, since a machine that stands still for a moment brings them together, too.
    for (let round = 0; round < 5; round += 1) {
      order({ call: "PutItem", fault: "conflict", times: writers });
      const begun = performance.now();
      const backMs = await Promise.all(
        Array.from({ length: writers }, () => database.table.write(insert(rowOf(someNote()))).then(() => performance.now() - begun)),
      );
      spreadsMs.push(Math.max(...backMs) - Math.min(...backMs));
    }
    expect(Math.max(...spreadsMs)).toBeGreaterThan(15);
  });
});
