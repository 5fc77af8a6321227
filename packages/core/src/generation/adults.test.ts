import { afterAll, beforeAll, expect, test } from "vitest";
import { safetyOn } from "../../../../tests/harness/safety.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { budgetStore } from "../budgets/index.ts";
import { type Context, newId, Problem } from "../kernel/index.ts";
import { labelled } from "../safety/prompts.fixture.ts";
import * as Generations from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const ctx: Context = {
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock: { now: Date.now, sleepUntil: async () => undefined },
};
const prompt = labelled.find(({ verdict }) => verdict === "mature")?.text ?? "";
const adult = { declared: true, verified: true };
const ask = (body: Record<string, unknown>) =>
  Generations.request(
    ctx,
    {
      jobs: Generations.jobStore(database.table),
      budgets: budgetStore(database.table),
      catalogue: Generations.catalogueOf((name) => (["replicate", "stability", "comfyui"].includes(name) ? [] : [name])),
      safety: { ...safetyOn(database.table, "verified"), adulthood: async () => adult },
    },
    Generations.GenerationRequest.parse({ prompt, ...body }),
  );

test("what is for adults goes only to those whose terms allow it", async () => {
  const job = await ask({ providers: ["replicate", "comfyui", "stability"] });
  expect(job).toMatchObject({ provider: "comfyui", rating: "mature" });
  expect(job.route).toBeUndefined();
  expect(await ask({ providers: ["replicate", "comfyui", "stability"], prompt: "a harbour" })).toMatchObject({
    provider: "replicate",
    rating: "general",
  });
});

test("what is for adults is not made where nobody's terms allow it, and says so", async () => {
  const refusal = await ask({ provider: "replicate" }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Problem);
  expect((refusal as Problem).type.code).toBe("generation/model-unavailable");
});
