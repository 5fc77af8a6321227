import { afterAll, beforeAll, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { newId } from "../kernel/index.ts";
import { type Happened, historyStore } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

test("an event that comes again, or late, stands in the history once, at its own time", async () => {
  const history = historyStore(database.table);
  const noon = Date.parse("2026-11-20T12:00:00Z");
  const workspaceId = newId("wks", noon);
  const at = (minutes: number): Happened => {
    const when = noon + minutes * 60_000;
    const common = { workspaceId, actor: "system", subject: newId("img", when), correlationId: "req_test" };
    return { id: newId("evt", when), at: new Date(when).toISOString(), act: "library.image.processed", ...common };
  };
  const [first, second, third] = [at(0), at(1), at(2)];
  for (const happened of [first, third, second, third, first]) await history.keep(happened);
  const { items } = await history.list(workspaceId, { limit: 10 });
  expect(items).toMatchObject([third, second, first]);
  expect((await history.list(newId("wks", noon), { limit: 10 })).items).toEqual([]);
});
