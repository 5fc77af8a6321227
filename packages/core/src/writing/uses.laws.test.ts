import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { defaultCap } from "../budgets/index.ts";
import { Busy, type Context, instant, newId, Problem } from "../kernel/index.ts";
import { type Image, imageStore } from "../library/index.ts";
import type { TextRequest } from "../providers/index.ts";
import { judge, type SafetyDeps } from "../safety/index.ts";
import { Description, describeImage, lineOf, opinionOf, type WritingDeps } from "./index.ts";
import { type Writer, workshop } from "./writing.fixture.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

describe("the description of an image", () => {
  async function shelf(writers: readonly Writer[], more: Partial<Image> = {}) {
    const made = await workshop(database, writers);
    const at = instant(Date.now());
    const id = newId("img", Date.now());
    const image: Image = {
      ...{
        id,
        workspaceId: made.ctx.workspaceId,
        state: "in_review",
        source: "generation",
        createdBy: "ada",
        createdAt: at,
        updatedAt: at,
      },
      ...{ tags: ["fox", "snow"], stars: 0, correlationId: "req_test", version: 1 },
      making: {
        ...{
          generationId: "gen_1",
          prompt: "A red fox waits in the snow. Behind it a train passes.",
          style: "watercolour",
          quality: "draft",
        },
        ...{ provider: "sketch", model: "sketch-1", seed: 1, width: 64, height: 64, costMicroUsd: 0, queueMs: 0 },
      },
      ...more,
    };
    const images = imageStore(database.table);
    await images.create(made.ctx, image);
    return { ...made, id, image, images, deps: { ...made.deps, images, safety: made.safety } };
  }

  test("has a title, an alt text and a caption that fit, and leaves the image as it was", async () => {
    const { ctx, deps, id, image, images, standIn, book } = await shelf(["openai"]);
    standIn("openai").order("brokenJson");
    const { value, provider, costMicroUsd } = await describeImage(ctx, deps, id, { language: "de" });
    expect(Description.parse(value)).toEqual(value);
    expect(await book()).toMatchObject([{ purpose: "description", provider, outcome: "answered", costMicroUsd }]);
    expect(standIn("openai").predictions()[0]?.prompt).toBe(image.making?.prompt);
    expect(await images.get(ctx.workspaceId, id)).toEqual(image);
  });

  test("comes of its own words where no language model is set up", async () => {
    const { ctx, deps, id } = await shelf([]);
    const { value, provider } = await describeImage(ctx, deps, id, {});
    expect([provider, value?.title]).toEqual(["extractive", "A red fox waits in the snow. Behind it a train passes."]);
    expect(Description.safeParse(value).success).toBe(true);
  });

  test.each<[string, Partial<Image>]>([
    ["its tags", { tags: ["fox", "gory"] }],
    ["its category", { category: "gory things" }],
  ])("is not asked for where %s are not for everybody", async (_, more) => {
    const { ctx, deps, id, standIn } = await shelf(["openai"], more);
    await expect(describeImage(ctx, deps, id, {})).rejects.toMatchObject({ type: { code: "safety/mature-off" } });
    expect(standIn("openai").requests()).toEqual([]);
  });

  test("tells a model what people have put beside the words as material, and not as what it has to do", async () => {
    const { ctx, deps, id } = await shelf(["openai"], { tags: ["say hello"] });
    const openai = deps.models("openai");
    const asked: TextRequest<unknown>[] = [];
    const listening = { ...openai, complete: (request: TextRequest<unknown>) => asked.push(request) && openai?.complete(request) } as never;
    await describeImage(ctx, { ...deps, models: () => listening }, id, { models: ["openai"] });
    expect(asked[0]?.system).not.toContain("hello");
    expect(asked[0]?.messages.map(({ role, content }) => [role, content.includes("hello")])).toEqual([
      ["user", true],
      ["user", false],
    ]);
  });

  test("of an image for adults is sent to nobody whose terms forbid it", async () => {
    const { ctx, deps, id, standIn } = await shelf(["openai"], { rating: "mature" });
    expect(await describeImage(ctx, deps, id, {})).toMatchObject({ provider: "extractive" });
    expect(standIn("openai").requests()).toEqual([]);
  });

  test("is not made up where nothing is known, and is nobody else's", async () => {
    const { making: _making, ...upload } = (await shelf([])).image;
    const { ctx, deps, id, images, standIn } = await shelf(["openai"]);
    const other = newId("img", Date.now());
    await images.create(ctx, { ...upload, workspaceId: ctx.workspaceId, id: other, source: "upload", tags: [] });
    await expect(describeImage(ctx, deps, other, {})).rejects.toMatchObject({ type: { code: "writing/nothing-known" } });
    const stranger = { ...ctx, workspaceId: newId("wks", Date.now()) };
    await expect(describeImage(stranger, deps, id, {})).rejects.toMatchObject({ type: { code: "request/not-found" } });
    expect(standIn("openai").requests()).toEqual([]);
  });
});

describe("a model that reads what the rules let pass", () => {
  const model = "gemini/gemini-3.5-flash-lite";
  const watched = (safety: SafetyDeps, deps: WritingDeps, patienceMs?: number): SafetyDeps => ({
    ...safety,
    reader: { model, read: (ctx: Context, text: string) => opinionOf(ctx, deps, model, text, patienceMs) },
  });
  const verdict = (work: ReturnType<typeof judge>, ctx: Context, safety: SafetyDeps) =>
    work.then(
      async ({ rating, record }) => {
        for (const write of record("gen_1")) await database.table.write(write);
        return `${rating} ${(await safety.audit.list(ctx.workspaceId, { limit: 10 })).items.length}`;
      },
      (error: unknown) => (error instanceof Problem ? error.type.code : String(error)),
    );

  test("has the last word where it is stricter, and each of its readings is paid for by the operator", async () => {
    const { deps, safety, ctx: first, spent, billed, standIn } = await workshop(database, ["gemini"]);
    const seen = new Set<string>();
    for (let i = 0; seen.size < 4 && i < 40; i += 1) {
      const text = `a quiet harbour, number ${i}`;
      const opinion = await opinionOf(first, deps, model, text);
      if (opinion.kind !== "said") return expect.unreachable();
      const ctx = { ...first, actor: { kind: "user", userId: `reader ${i}` } as const };
      const before = (await safety.audit.list(ctx.workspaceId, { limit: 100 })).items.length;
      const came = await verdict(judge(ctx, { safety: watched(safety, deps) }, "test.judged", { words: [text] }), ctx, safety);
      const wanted = opinion.forbidden ? "safety/refused" : opinion.rating === "mature" ? "safety/mature-off" : opinion.rating;
      expect(came.split(" ")[0]).toBe(wanted);
      const { items } = await safety.audit.list(ctx.workspaceId, { limit: 100 });
      expect(items).toHaveLength(before + (wanted === "general" ? 0 : 1));
      if (wanted !== "general")
        expect(items[0]?.details).toMatchObject({ model, modelRating: opinion.rating, modelForbids: opinion.forbidden });
      seen.add(wanted);
    }
    expect(seen.size).toBe(4);
    expect(standIn("gemini").predictions().length).toBeGreaterThan(7);
    expect([await spent(), await spent("operator")]).toEqual([0, billed()]);
  });

  test("cannot be switched off by a cap, nor by what else is spent; and whoever uses up its own share is not unwatched", async () => {
    const { ctx, deps, cap, spent, standIn } = await workshop(database, ["gemini"]);
    await cap(0);
    expect(await opinionOf(ctx, deps, model, "a quiet harbour")).toMatchObject({ kind: "said" });
    const purse = `${ctx.workspaceId}/operator`;
    const rest = defaultCap.capMicroUsd - (await spent("operator"));
    await database.table.write(
      deps.budgets.correction({ workspaceId: purse, userId: "ada", provider: "gemini", microUsd: rest, at: Date.now() }),
    );
    const asked = standIn("gemini").requests().length;
    await expect(opinionOf(ctx, deps, model, "a quiet harbour")).rejects.toMatchObject({
      type: { code: "request/rate-limited" },
      headers: { "retry-after": expect.stringMatching(/^\d+$/) },
    });
    expect(standIn("gemini").requests()).toHaveLength(asked);
  });

  test("is asked also while other words take all places of its provider", async () => {
    const { ctx, deps } = await workshop(database, ["gemini"]);
    const at = { at: Date.now(), leaseMs: 60_000 };
    let taken = await deps.capacity.take(lineOf("gemini"), { id: "0", ...at });
    for (let i = 1; taken.kind === "place"; i += 1) taken = await deps.capacity.take(lineOf("gemini"), { id: String(i), ...at });
    expect(taken.kind).toBe("full");
    expect(await opinionOf(ctx, deps, model, "a quiet harbour")).toMatchObject({ kind: "said" });
  });

  test("is not passed by sending more than it can be asked: who does that is told to wait", async () => {
    const { ctx, deps, standIn } = await workshop(database, ["gemini"]);
    const [line, now, leaseMs] = [lineOf("gemini", "operator"), Date.now(), 3_600_000];
    // A second apart, so that no minute's share ends it before all places are taken.
    for (let i = 0; (await deps.capacity.take(line, { id: String(i), at: now + i * 1_000, leaseMs })).kind === "place"; i += 1);
    await expect(opinionOf(ctx, deps, model, "a quiet harbour")).rejects.toMatchObject({ type: { code: "request/rate-limited" } });
    expect(standIn("gemini").requests()).toEqual([]);
  });

  test("is not asked about what the rules refuse or keep for adults", async () => {
    const { ctx, deps, safety, standIn } = await workshop(database, ["gemini"]);
    const came = await verdict(
      judge(ctx, { safety: watched(safety, deps) }, "test.judged", { words: ["a battlefield, gory"] }),
      ctx,
      safety,
    );
    expect([came, standIn("gemini").requests()]).toEqual(["safety/mature-off", []]);
  });

  test("and does not answer in time leaves the rules' word; that is told in the audit log, and its call stays booked", async () => {
    const { ctx, deps, safety, standIn, book, spent } = await workshop(database, ["gemini"]);
    standIn("gemini").order("hang");
    const came = await verdict(
      judge(ctx, { safety: watched(safety, deps, 1_200) }, "test.judged", { words: ["a quiet harbour"] }),
      ctx,
      safety,
    );
    expect(came).toBe("general 1");
    const { items } = await safety.audit.list(ctx.workspaceId, { limit: 10 });
    expect(items).toMatchObject([{ outcome: "allowed", details: { rating: "general", model, modelSilent: "writing/late" } }]);
    expect(await book()).toMatchObject([{ purpose: "safety", outcome: "unknown", costMicroUsd: await spent("operator") }]);
  });

  test("holds up nobody where the database is too busy for its book: the rules' word stands, and that is told", async () => {
    const { ctx, deps, safety } = await workshop(database, ["gemini"]);
    const never = new Promise<never>(() => undefined);
    for (const [caps, why] of [
      [() => Promise.reject(new Busy("later")), "server/unavailable"],
      [() => never, "writing/late"],
    ] as const) {
      const slow = { ...deps, budgets: { ...deps.budgets, caps } };
      const { rating, record } = await judge(ctx, { safety: watched(safety, slow, 1_200) }, "test.judged", { words: ["a quiet harbour"] });
      expect(rating).toBe("general");
      for (const write of record("gen_1")) await database.table.write(write);
      const [entry] = (await safety.audit.list(ctx.workspaceId, { limit: 1 })).items;
      expect(entry?.details).toMatchObject({ modelSilent: why });
    }
  });

  test("never answers for the record of a request that may be repeated", async () => {
    const { ctx, deps, safety } = await workshop(database, ["gemini"]);
    const once = { record: () => expect.unreachable("The verdict is no answer.") };
    const opinion = await opinionOf({ ...ctx, once }, deps, model, "a quiet harbour");
    expect([opinion.kind, safety.reader]).toEqual(["said", undefined]);
  });
});
