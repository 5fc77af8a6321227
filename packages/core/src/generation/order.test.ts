import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { budgetStore, setCap } from "../budgets/index.ts";
import { type Context, newId, type Role } from "../kernel/index.ts";
import { catalogueOf, GenerationRequest, orderedFor, orderStore, quote, setOrder } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const on = ["sketch", "replicate", "stability", "openai"];
const catalogue = catalogueOf((name) => (on.includes(name) ? [] : [name]), ["stability"]);

function somebody(role: Role = "owner") {
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role,
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_order",
    clock: { now: () => Date.parse("2026-11-20T10:00:00Z"), sleepUntil: async () => undefined },
  };
  const deps = { orders: orderStore(database.table), catalogue };
  /** Who would draw it. */
  const drawer = async (body: Record<string, unknown> = {}) => {
    const request = GenerationRequest.parse({ prompt: "a harbour", ...body });
    return quote(ctx, request, await orderedFor(ctx, deps, request)).provider;
  };
  return { ctx, deps, drawer, choose: (...providers: string[]) => setOrder(ctx, deps, providers) };
}

describe("who is asked first", () => {
  test("says the request, else the workspace, else the operator, else the price", async () => {
    const { drawer, choose, deps, ctx } = somebody();
    const cheapest = quote(ctx, GenerationRequest.parse({ prompt: "a harbour" }), { ...catalogue, order: [] }).provider;
    expect(cheapest).toBe("replicate");
    expect(await drawer()).toBe("stability");
    await choose("openai", "replicate");
    expect(await drawer()).toBe("openai");
    expect(await drawer({ provider: "sketch" })).toBe("sketch");
    expect(await drawer({ providers: ["replicate", "openai"] })).toBe("replicate");
    expect((await orderedFor(ctx, deps, {})).order).toEqual(["openai", "replicate", "stability"]);
    await choose();
    expect(await drawer()).toBe("stability");
  });

  test("may be one that is off now: then it is the next", async () => {
    const { drawer, choose } = somebody();
    await choose("gemini", "openai");
    expect(await drawer()).toBe("openai");
  });

  test("is chosen among providers that there are, each once", async () => {
    const { choose } = somebody();
    await expect(choose("openai", "dall-e", "openai")).rejects.toMatchObject({
      type: { code: "request/invalid" },
      errors: [{ pointer: "#/providers/1", detail: expect.stringContaining("replicate") }, { pointer: "#/providers/2" }],
    });
  });

  test("is the workspace's own, and costs a read only where there is a choice", async () => {
    const ada = somebody();
    const eve = somebody();
    await ada.choose("openai");
    expect(await eve.drawer()).toBe("stability");
    database.calls.length = 0;
    await ada.drawer({ provider: "stability" });
    const { ctx, deps } = ada;
    const alone = catalogueOf((name) => (name === "sketch" ? [] : [name]));
    await orderedFor(ctx, { ...deps, catalogue: alone }, {});
    expect(database.calls).toEqual([]);
    await ada.drawer();
    expect(database.calls).toEqual(["GetItemCommand"]);
  });
});

test.each(["editor", "reviewer", "viewer"] as const)(
  "%ss choose neither whom a workspace asks first nor what it may spend",
  async (role) => {
    const { choose, ctx } = somebody(role);
    const cap = { scope: "workspace", period: "day", capMicroUsd: 1 } as const;
    await expect(choose("openai")).rejects.toMatchObject({ type: { status: 403 } });
    await expect(setCap(ctx, { budgets: budgetStore(database.table) }, cap)).rejects.toMatchObject({ type: { code: "auth/not-allowed" } });
  },
);
