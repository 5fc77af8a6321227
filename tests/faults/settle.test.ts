import { budgetStore } from "@atelier/core/budgets";
import { capacityStore } from "@atelier/core/capacity";
import * as Generation from "@atelier/core/generation";
import { type Context, newId } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import type { Provider } from "@atelier/core/providers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeClock } from "../../packages/local/src/clock.ts";
import { randomFrom } from "../../packages/local/src/faults/book.ts";
import { makeInterleaver } from "../harness/interleave.ts";
import { safetyOn } from "../harness/safety.ts";
import { seeds } from "../harness/seeds.ts";
import { startTable, type TestTable } from "../harness/table.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const rounds = 40;
const file = { bytes: Buffer.from("pixels"), mimeType: "image/png" } as const;
const sketch: Provider = {
  name: "sketch",
  missing: () => [],
  estimate: () => 0,
  submit: async () => ({ kind: "done", outputs: [{ kind: "bytes", ...file }], costMicroUsd: 0 }),
  fetchOutput: async () => ({ kind: "file", ...file }),
};

describe.each(seeds)("an image that is examined while its worker still writes, seed %i", (seed) => {
  test("ends its generation at once, whoever of the two comes first", async () => {
    const random = randomFrom(seed);
    for (let round = 0; round < rounds; round += 1) {
      const { job, problems } = await race(randomFrom(Math.floor(random() * 2 ** 32)));
      expect(problems).toEqual([]);
      expect(job?.state).toBe("succeeded");
    }
  });
});

/** One generation of one image, drawn and examined step by step as chance wants it; no message comes twice. */
async function race(random: () => number): Promise<{ job: Generation.Job | undefined; problems: unknown[] }> {
  const ctx: Context = {
    actor: { kind: "user", userId: "u" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_test",
    clock: makeClock(),
  };
  const { stepped, all, turn } = makeInterleaver(random);
  const jobs = Generation.jobStore(database.table);
  const images = Library.imageStore(database.table);
  const arrived: string[] = [];
  const library: Generation.Library = {
    ...Library.libraryFor({ images, media: {} as Library.MediaStore }),
    deliver: async (_ctx, id) => void arrived.push(id),
  };
  const budgets = budgetStore(database.table);
  const capacity = capacityStore(database.table, () => undefined);
  const deps = { jobs: stepped(jobs), library, budgets, capacity };
  const job = await Generation.request(
    ctx,
    { jobs, budgets, safety: safetyOn(database.table) },
    Generation.GenerationRequest.parse({ prompt: "race", width: 64, height: 64 }),
  );
  const draw = () => Generation.render(ctx, { ...deps, providers: () => sketch, later: async () => undefined }, job);
  const examine = async () => {
    for (let waited = 0; arrived.length === 0 && waited < 100; waited += 1) await turn();
    const image = await images.get(ctx.workspaceId, arrived[0] ?? "");
    if (!image) throw new Error("An image was handed on before its row was there.");
    await images.write(images.replacement({ ...image, state: "in_review", version: image.version + 1 }));
    await Generation.settle(ctx, deps, job);
  };
  const ends = await all<unknown>([draw, examine]);
  return { job: await jobs.get(job), problems: ends.filter(({ status }) => status === "rejected") };
}
