import { budgetStore } from "@atelier/core/budgets";
import { capacityStore } from "@atelier/core/capacity";
import * as Generations from "@atelier/core/generation";
import { type Context, newId, processClock } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import type { Provider } from "@atelier/core/providers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { safetyOn } from "../harness/safety.ts";
import { startTable, type TestTable } from "../harness/table.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const workspaceId = newId("wks", Date.now());
const under = (correlationId: string): Context => ({
  actor: { kind: "system" },
  role: "owner",
  workspaceId,
  correlationId,
  clock: processClock,
});

/** A provider that cannot draw: the job ends at once. */
const unable: Provider = {
  name: "sketch",
  missing: () => [],
  estimate: () => 0,
  submit: async () => ({ kind: "failed", failure: { class: "bad-request", detail: "Not this." } }),
  fetchOutput: async () => ({ kind: "failed", failure: { class: "fall-back", detail: "Nothing is there." } }),
};
const providers: Generations.Providers = () => unable;

test("work that the minute's rule has found is done under the id of the request, not under the rule's", async () => {
  const jobs = Generations.jobStore(database.table);
  const images = Library.imageStore(database.table);
  const later: string[] = [];
  const deps = {
    jobs,
    budgets: budgetStore(database.table),
    safety: safetyOn(database.table),
    capacity: capacityStore(database.table, () => undefined),
    library: Library.libraryFor({ images, media: {} as Library.MediaStore }),
    providers,
    later: async (_ref: Generations.JobRef, _seconds: number, correlationId: string) => void later.push(correlationId),
  };
  const { id, imageIds } = await Generations.request(
    under("req_asked"),
    deps,
    Generations.GenerationRequest.parse({ prompt: "a harbour" }),
  );

  const rendered = await Generations.render(under("req_rule"), deps, { workspaceId, id });
  expect(rendered).toMatchObject({ ended: true, takenOver: false, job: { state: "failed", correlationId: "req_asked" } });
  expect(later).toEqual(["req_asked"]);
  const image = await images.get(workspaceId, imageIds[0] ?? "");
  expect(image?.correlationId).toBe("req_asked");

  const again = await Generations.retry(under("req_again"), deps, id);
  expect(again.correlationId).toBe("req_again");
});
