import type { Fault } from "@atelier/simulators";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { auditStore } from "../audit/index.ts";
import { setCap } from "../budgets/index.ts";
import { failuresMax } from "../capacity/index.ts";
import { Busy, type Context, insert, newId, Problem } from "../kernel/index.ts";
import type { TextRequest } from "../providers/index.ts";
import type { SafetyDeps } from "../safety/index.ts";
import { compose, type Shape, unknownNames, type Wanted, write } from "./index.ts";
import { workshop } from "./writing.fixture.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const wanted: Wanted<unknown> = { prompt: "A red fox waits in the snow. The train is late.", maxTokens: 200 };
const Caption = z.strictObject({ caption: z.string().min(1).max(200), score: z.int().min(0).max(10) });

/** What somebody who asks is told. */
const told = async (work: Promise<unknown>): Promise<Problem> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw error ?? new Error("It went well.");
};

describe("who is asked", () => {
  test("the cheapest, where nobody says otherwise; and its price is settled at what the provider bills", async () => {
    const { ctx, deps, standIn, book, spent, billed } = await workshop(database, ["openai", "deepinfra"]);
    const written = await write(ctx, deps, { ...wanted, purpose: "caption" });
    expect(written).toMatchObject({ provider: "deepinfra", text: expect.stringContaining("A red fox"), cut: false });
    expect(written.costMicroUsd).toBeGreaterThan(0);
    expect(standIn("openai").requests()).toEqual([]);
    const [call] = await book();
    expect(call).toMatchObject({ outcome: "answered", purpose: "caption", costMicroUsd: written.costMicroUsd, tokensIn: written.tokensIn });
    expect(call?.reservedMicroUsd).toBeGreaterThan(written.costMicroUsd);
    expect(JSON.stringify(call)).not.toContain("fox");
    expect([await spent(), written.costMicroUsd]).toEqual([billed(), billed()]);
  });

  test("the operator's order before the cheapest, and the request's own before both", async () => {
    const { ctx, deps } = await workshop(database, ["openai", "deepinfra", "gemini"], { order: ["gemini/gemini-3.5-flash"] });
    expect(await write(ctx, deps, wanted)).toMatchObject({ provider: "gemini", model: "gemini-3.5-flash" });
    expect(await write(ctx, deps, { ...wanted, models: ["openai"] })).toMatchObject({ provider: "openai", model: "gpt-5-mini" });
  });

  test("the built-in one where there is nobody else: free, without a row, and it says what it is", async () => {
    const { ctx, deps, book, spent } = await workshop(database, []);
    const written = await write(ctx, deps, wanted);
    expect(written).toMatchObject({ provider: "extractive", costMicroUsd: 0, title: expect.stringContaining("not a language model") });
    expect([await book(), await spent()]).toEqual([[], 0]);
  });

  test("nobody for a name in the operator's order that there is not: such names are told", () => {
    expect(unknownNames(["gemini", "openai/gpt-5-mini", "gemni", "openai/gpt-1"])).toEqual(["gemni", "openai/gpt-1"]);
  });

  test("nobody under a name that there is not, or that is not set up", async () => {
    const { ctx, deps } = await workshop(database, ["openai"]);
    const unknown = await told(write(ctx, deps, { ...wanted, models: ["openai", "nobody/nothing"] }));
    expect(unknown.type.code).toBe("request/invalid");
    expect(unknown.errors?.[0]?.pointer).toBe("#/models/1");
    expect((await told(write(ctx, deps, { ...wanted, models: ["groq"] }))).type.code).toBe("writing/model-unavailable");
  });
});

describe("a model that fails", () => {
  test.each(["throttle", "unavailable", "badKey", "outOfCredit"] as const)(
    "(%s) is followed by the next, and costs nothing",
    async (fault) => {
      const { ctx, deps, standIn, book, spent, billed } = await workshop(database, ["deepinfra", "openai"]);
      standIn("deepinfra").order(fault);
      expect(await write(ctx, deps, wanted)).toMatchObject({ provider: "openai" });
      expect(await book()).toMatchObject([
        { provider: "deepinfra", outcome: "failed", costMicroUsd: 0 },
        { provider: "openai", outcome: "answered" },
      ]);
      expect(await spent()).toBe(billed());
    },
  );

  test("and takes the request with it (the line breaks) is one bill that stays booked as unknown, and is not repeated there", async () => {
    const { ctx, deps, standIn, book, spent } = await workshop(database, ["deepinfra", "openai"]);
    standIn("deepinfra").order("resetAfter");
    expect(await write(ctx, deps, wanted)).toMatchObject({ provider: "openai" });
    expect(standIn("deepinfra").predictions()).toHaveLength(1);
    const [lost, answered] = await book();
    if (!lost || !answered) return expect.unreachable();
    expect(lost).toMatchObject({ outcome: "unknown", costMicroUsd: lost.reservedMicroUsd, reason: "unknown-outcome" });
    expect(lost.costMicroUsd).toBeGreaterThanOrEqual(standIn("deepinfra").predictions()[0]?.costMicroUsd ?? Number.POSITIVE_INFINITY);
    expect(await spent()).toBe(lost.costMicroUsd + answered.costMicroUsd);
  });

  test("is written down in our words: neither the provider's nor those it quotes are kept", async () => {
    const { ctx, deps, book } = await workshop(database, ["openai"]);
    const openai = deps.models("openai");
    const quoting = async () => ({ kind: "failed", failure: { class: "bad-request", detail: "OpenAI says: “a red fox” is wrong." } });
    const models = () => ({ ...openai, complete: quoting }) as never;
    const problem = await told(write(ctx, { ...deps, models }, { ...wanted, models: ["openai"] }));
    expect(problem.message).toContain("a red fox");
    await told(write(ctx, deps, { ...wanted, models: ["openai"], maxTokens: 1, schema: Caption }));
    const calls = await book();
    expect(calls.map(({ reason }) => reason)).toEqual(["bad-request", "misfit"]);
    expect(JSON.stringify(calls)).not.toMatch(/fox|JSON|caption/i);
  });

  test("by refusing ends it: nobody else is asked with the same words, and its bill is booked", async () => {
    const { ctx, deps, standIn, book, spent, billed } = await workshop(database, ["openai", "gemini"], { order: ["openai"] });
    standIn("openai").order("refuse");
    expect((await told(write(ctx, deps, wanted))).type.code).toBe("writing/refused");
    expect(standIn("gemini").requests()).toEqual([]);
    expect(await book()).toMatchObject([{ outcome: "refused", costMicroUsd: billed() }]);
    expect([await spent(), billed() > 0]).toEqual([billed(), true]);
  });

  test("where only it may be asked is told in words, with the time to wait", async () => {
    const { ctx, deps, standIn } = await workshop(database, ["groq"]);
    standIn("groq").order("throttle", { retryAfterS: 7 });
    const problem = await told(write(ctx, deps, { ...wanted, models: ["groq"] }));
    expect([problem.type.code, problem.headers["retry-after"]]).toEqual(["writing/failed", "7"]);
    expect(problem.message).toContain("Groq takes no more for now");
  });

  test("again and again is paused: then it is not even asked", async () => {
    const { ctx, deps, standIn } = await workshop(database, ["deepinfra"]);
    standIn("deepinfra").order("unavailable", { times: failuresMax });
    for (let i = 0; i < failuresMax; i += 1) expect(await write(ctx, deps, wanted)).toMatchObject({ provider: "extractive" });
    expect(await write(ctx, deps, wanted)).toMatchObject({ provider: "extractive" });
    expect(standIn("deepinfra").requests()).toHaveLength(failuresMax);
  });

  describe("only for what it was asked is not paused, for others ask it, too", () => {
    const stranger = (ctx: Context): Context => ({ ...ctx, workspaceId: newId("wks", Date.now()) });

    test.each<[string, Partial<Wanted<unknown>>, Fault?]>([
      ["answers that do not fit", { maxTokens: 1, schema: Caption }],
      ["answers that are not waited for", { deadlineMs: 1_200 }, "hang"],
    ])("%s", async (_, asked, fault) => {
      const { ctx, deps, standIn } = await workshop(database, ["openai"]);
      if (fault) standIn("openai").order(fault, { times: failuresMax });
      const one = () => told(write(ctx, deps, { ...wanted, models: ["openai"], ...asked }));
      await Promise.all(Array.from({ length: failuresMax }, one));
      expect(standIn("openai").requests().length).toBeGreaterThanOrEqual(failuresMax);
      expect(await write(stranger(ctx), deps, { ...wanted, models: ["openai"] })).toMatchObject({ provider: "openai" });
    });

    test("numbers that there are none of are not even asked for", async () => {
      for (const field of [
        { type: "integer", minimum: 5, maximum: 3 },
        { type: "integer", minimum: 1.2, maximum: 1.8 },
        { type: "number", minimum: 1, maximum: 0.5 },
      ] as const) {
        const { ctx, deps, safety, standIn } = await workshop(database, ["openai"]);
        const shape = { type: "object" as const, properties: { score: field } };
        const problem = await told(compose(ctx, { ...deps, safety }, { prompt: "a quiet harbour", maxTokens: 50, schema: shape }));
        expect([problem.type.code, problem.errors?.[0]?.pointer]).toEqual(["request/invalid", "#/schema/properties/score"]);
        expect(standIn("openai").requests()).toEqual([]);
      }
    });
  });

  test("to answer at all is waited for no longer than the deadline, and stays booked", async () => {
    const { ctx, deps, standIn, book } = await workshop(database, ["deepinfra", "openai"]);
    standIn("deepinfra").order("hang");
    const began = performance.now();
    const problem = await told(write(ctx, deps, { ...wanted, models: ["deepinfra", "openai"], deadlineMs: 1_300 }));
    expect(problem.type.code).toBe("writing/late");
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(standIn("openai").requests()).toEqual([]);
    expect(await book()).toMatchObject([{ provider: "deepinfra", outcome: "unknown" }]);
  });
});

describe("money", () => {
  test("a cap with room for five is not passed by twenty at once, and what was let through is what was billed", async () => {
    const { ctx, deps, standIn, cap, spent, book, billed } = await workshop(database, ["openai"]);
    const model = deps.models("openai");
    const estimate = model?.estimate({ model: "gpt-5-mini", messages: [{ role: "user", content: wanted.prompt }], maxTokens: 200 }) ?? 0;
    await cap(5 * estimate);
    // Whoever got money calls only when fifteen were told that there is none: what one of them gives back would else be another's.
    const problems: Problem[] = [];
    const refused = Promise.withResolvers<void>();
    const held = {
      ...deps,
      models: () =>
        model && { ...model, complete: async <T>(request: TextRequest<T>) => refused.promise.then(() => model.complete(request)) },
    };
    const one = async () => {
      const ended = await write(ctx, held, { ...wanted, models: ["openai"] }).catch((error: Problem) => error);
      if (ended instanceof Error && problems.push(ended) === 15) refused.resolve();
    };
    await Promise.all(Array.from({ length: 20 }, one));
    expect(problems.map(({ type }) => type.code)).toEqual(Array.from({ length: 15 }, () => "generation/budget-spent"));
    expect(standIn("openai").predictions()).toHaveLength(5);
    expect(await spent()).toBe(billed());
    expect((await book()).reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)).toBe(billed());
  });

  test("that is spent leaves the free one; where none but paid ones are named, whoever asks is told what is left", async () => {
    const { ctx, deps, standIn, cap, book } = await workshop(database, ["openai", "gemini"]);
    await cap(3);
    expect(await write(ctx, deps, wanted)).toMatchObject({ provider: "extractive" });
    const problem = await told(write(ctx, deps, { ...wanted, models: ["openai", "gemini"] }));
    expect([problem.type.code, problem.extra.leftMicroUsd]).toEqual(["generation/budget-spent", 3]);
    expect([standIn("openai").requests(), standIn("gemini").requests(), await book()]).toEqual([[], [], []]);
  });

  test("that is spent on an answer is not thrown away where the database is too busy for what is not needed for it", async () => {
    const { ctx, deps, standIn } = await workshop(database, ["openai"]);
    const busy = () => Promise.reject(new Busy("later"));
    const slow = { ...deps, budgets: { ...deps.budgets, month: busy }, capacity: { ...deps.capacity, giveBack: busy } };
    expect(await write(ctx, slow, wanted)).toMatchObject({ provider: "openai" });
    // What is broken is found out before anybody is paid.
    const broken = { ...deps, budgets: { ...deps.budgets, month: () => Promise.reject(new Error("broken")) } };
    await expect(write(ctx, broken, wanted)).rejects.toThrow("broken");
    expect(standIn("openai").predictions()).toHaveLength(1);
  });

  test("has a cap for each provider, and whose is used up is passed over", async () => {
    const { ctx, deps } = await workshop(database, ["deepinfra", "groq", "openai"]);
    for (const provider of ["deepinfra", "groq"]) await setCap(ctx, deps, { scope: "provider", provider, period: "day", capMicroUsd: 0 });
    expect(await write(ctx, deps, wanted)).toMatchObject({ provider: "openai" });
  });

  test("that whoever died had reserved stays booked as unknown", async () => {
    const { ctx, deps, book, spent } = await workshop(database, ["openai"]);
    const dying = { ...deps, models: () => ({ ...deps.models("openai"), complete: () => Promise.reject(new Error("killed")) }) as never };
    await expect(write(ctx, dying, wanted)).rejects.toThrow("killed");
    const [call] = await book();
    expect(call).toMatchObject({ outcome: "unknown", costMicroUsd: call?.reservedMicroUsd });
    expect(call?.endedAt).toBeUndefined();
    expect(await spent()).toBe(call?.reservedMicroUsd);
  });
});

describe("JSON", () => {
  test("that is garbage is repaired once, and both answers are one row with both prices", async () => {
    const { ctx, deps, standIn, book, spent, billed } = await workshop(database, ["openai"]);
    standIn("openai").order("brokenJson");
    const written = await write(ctx, deps, { ...wanted, schema: Caption });
    expect(Caption.parse(written.value)).toEqual(JSON.parse(written.text));
    expect(standIn("openai").predictions()).toHaveLength(2);
    expect(await book()).toMatchObject([{ outcome: "answered", costMicroUsd: billed() }]);
    expect(await spent()).toBe(billed());
  });

  test("that is garbage twice is the next model's, and both are billed", async () => {
    const { ctx, deps, standIn, book, spent, billed } = await workshop(database, ["openai", "gemini"], {
      order: ["openai", "gemini/gemini-3.5-flash"],
    });
    standIn("openai").order("brokenJson", { times: 2 });
    expect(await write(ctx, deps, { ...wanted, schema: Caption })).toMatchObject({
      provider: "gemini",
      value: { caption: expect.any(String) },
    });
    const calls = await book();
    expect(calls).toMatchObject([
      { provider: "openai", outcome: "failed", reason: "misfit" },
      { provider: "gemini", outcome: "answered" },
    ]);
    const bills = standIn("openai")
      .predictions()
      .map(({ costMicroUsd }) => costMicroUsd);
    expect(bills).toHaveLength(2);
    expect(calls[0]?.costMicroUsd).toBe(bills.reduce((a, b) => a + b));
    expect(await spent()).toBe(billed());
  });

  test("of a shape that the built-in one cannot fill is no answer of it", async () => {
    const { ctx, deps } = await workshop(database, []);
    const problem = await told(write(ctx, deps, { ...wanted, schema: Caption }));
    expect([problem.type.code, problem.message]).toEqual(["writing/unfit", expect.stringContaining("Configure a language model")]);
  });

  test("that no model can bring is the request's own fault, and nobody is woken up for it", async () => {
    const { ctx, deps, standIn } = await workshop(database, ["openai", "gemini"]);
    const asked = { ...wanted, models: ["openai", "gemini", "extractive"], maxTokens: 1, schema: Caption };
    const problem = await told(write(ctx, deps, asked));
    expect([problem.type.code, problem.type.status]).toEqual(["writing/unfit", 422]);
    standIn("openai").order("unavailable");
    expect((await told(write(ctx, deps, asked))).type.code).toBe("writing/failed");
  });
});

describe("a request that is repeated", () => {
  test("at the same time is answered once: the other one's call is in the book with its price, and its answer is not kept", async () => {
    const { ctx, deps, book, spent, billed } = await workshop(database, ["openai"]);
    const key = { pk: `workspace/${ctx.workspaceId}/idempotency`, sk: "one" };
    const once = { record: (answer: unknown) => insert({ ...key, answer, version: 1 }) };
    const ended = await Promise.allSettled(
      [1, 2].map((n) => write({ ...ctx, once }, deps, { ...wanted, prompt: `${wanted.prompt} ${n}` })),
    );
    expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = ended.find((one) => one.status === "fulfilled");
    expect(await database.table.get(key)).toMatchObject({ answer: winner?.value });
    expect(await book()).toMatchObject([{ outcome: "answered" }, { outcome: "answered" }]);
    expect(await spent()).toBe(billed());
  });
});

describe("words of one's own", () => {
  test("are judged like those of pictures, before anybody is asked", async () => {
    const { ctx, deps, safety, standIn } = await workshop(database, ["openai"]);
    const problem = await told(compose(ctx, { ...deps, safety }, { prompt: "a battlefield, gory", maxTokens: 50 }));
    expect(problem.type.code).toBe("safety/mature-off");
    expect(standIn("openai").requests()).toEqual([]);
    const { items } = await auditStore(database.table).list(ctx.workspaceId, { limit: 10 });
    expect(items).toMatchObject([{ act: "writing.prompt.judged", outcome: "refused" }]);
  });

  test.each<[string, Shape["properties"]]>([
    ["a description", { title: { type: "string", description: "gory, as a battlefield is" } }],
    ["a value to choose", { mood: { type: "string", enum: ["calm", "gory"] } }],
    ["a field's name", { goryDetails: { type: "boolean" } }],
    ["a field's name with a line", { all_gory_details: { type: "boolean" } }],
  ])("are judged where they stand in a shape, as %s", async (_, properties) => {
    const { ctx, deps, safety, standIn } = await workshop(database, ["openai"]);
    const schema = { type: "object" as const, properties };
    const problem = await told(compose(ctx, { ...deps, safety }, { prompt: "a battlefield", maxTokens: 50, schema }));
    expect([problem.type.code, standIn("openai").requests()]).toEqual(["safety/mature-off", []]);
  });

  test("that are for adults go to the built-in model alone, whose terms are ours", async () => {
    const { ctx, deps, safety, standIn } = await workshop(database, ["openai"]);
    const grown: SafetyDeps = { ...safety, mature: "declared", adulthood: async () => ({ declared: true, verified: false }) };
    const request = { prompt: "a battlefield, gory. The train is late.", maxTokens: 50 };
    expect(await compose(ctx, { ...deps, safety: grown }, request)).toMatchObject({ provider: "extractive" });
    const problem = await told(compose(ctx, { ...deps, safety: grown }, { ...request, models: ["openai"] }));
    expect([problem.type.code, standIn("openai").requests()]).toEqual(["writing/model-unavailable", []]);
    expect(await compose(ctx, { ...deps, safety: grown }, { ...request, prompt: "a harbour" })).toMatchObject({ provider: "openai" });
  });

  test("are answered in the shape that is asked for", async () => {
    const { ctx, deps, safety } = await workshop(database, ["gemini"]);
    const schema = {
      type: "object",
      properties: {
        title: { type: "string", maxLength: 40 },
        mood: { type: "string", enum: ["calm", "wild"] },
        people: { type: "integer", minimum: 0, maximum: 3 },
      },
    } as const;
    const { value } = await compose(
      ctx,
      { ...deps, safety },
      { prompt: "a quiet harbour", maxTokens: 200, schema: structuredClone(schema) as never },
    );
    expect(value).toEqual({ title: expect.any(String), mood: expect.stringMatching(/^(calm|wild)$/), people: expect.any(Number) });
  });
});
