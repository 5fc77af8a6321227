import { beforeAll, describe, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});

describe("budgets", () => {
  test("begin with five dollars a day, of which nothing is used", async () => {
    const { items } = await ada.client.listBudgets();
    expect(items).toMatchObject([{ scope: "workspace", period: "day", capMicroUsd: 5_000_000, usedMicroUsd: 0, leftMicroUsd: 5_000_000 }]);
    const endsAt = Date.parse(items[0]?.endsAt ?? "");
    expect(endsAt % 86_400_000).toBe(0);
    expect(endsAt - Date.now()).toBeLessThanOrEqual(86_400_000);
  });

  test("are set one by one, the new in the place of the old", async () => {
    await ada.client.setBudget({ body: { scope: "workspace", period: "day", capMicroUsd: 1_000_000 } });
    await ada.client.setBudget({ body: { scope: "provider", provider: "replicate", period: "month", capMicroUsd: 0 } });
    const { items } = await ada.client.setBudget({ body: { scope: "workspace", period: "day", capMicroUsd: 2_000_000 } });
    expect(items.map(({ scope, provider, period, capMicroUsd }) => [scope, provider, period, capMicroUsd])).toEqual([
      ["provider", "replicate", "month", 0],
      ["workspace", undefined, "day", 2_000_000],
    ]);
    const withoutEnds = (budgets: typeof items) => budgets.map(({ endsAt: _endsAt, ...budget }) => budget);
    expect(withoutEnds((await ada.client.listBudgets()).items)).toEqual(withoutEnds(items));
    expect((await (await signUp(url)).client.listBudgets()).items).toHaveLength(1);
  });

  test("say what they take: a provider only where the scope is one, whole micro-dollars, and not below nothing", async () => {
    for (const body of [
      { scope: "provider", period: "day", capMicroUsd: 1 },
      { scope: "workspace", provider: "replicate", period: "day", capMicroUsd: 1 },
      { scope: "workspace", period: "day", capMicroUsd: -1 },
      { scope: "workspace", period: "day", capMicroUsd: 0.5 },
      { scope: "workspace", period: "week", capMicroUsd: 1 },
    ])
      await expect(ada.client.setBudget({ body: body as never })).rejects.toMatchObject({ status: 422 });
  });

  test("are for providers that there are, and say which", async () => {
    const body = { scope: "provider", provider: "replicat", period: "day", capMicroUsd: 1 } as never;
    const problem = await ada.client.setBudget({ body }).catch((error: unknown) => error);
    expect(problem).toMatchObject({
      status: 422,
      problem: { errors: [{ pointer: "#/provider", detail: expect.stringMatching(/replicate.*comfyui/) }] },
    });
  });
});
