import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { safetyOn } from "../../../../tests/harness/safety.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { changeProfile, myAccount, type UserPool } from "../identity/index.ts";
import { type Context, newId, Problem } from "../kernel/index.ts";
import { judge, type MaturePolicy } from "./index.ts";
import { labelled } from "./prompts.fixture.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const somebody = (): Context => ({
  actor: { kind: "user", userId: crypto.randomUUID() },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock: { now: Date.now, sleepUntil: async () => undefined },
});
const pool = { whoIs: async () => ({ email: "ada@example.org", displayName: "Ada" }) } as unknown as UserPool;

async function born(ctx: Context, dateOfBirth: string | null) {
  const deps = { table: database.table, pool };
  const { actor } = ctx;
  if (actor.kind !== "user") throw new Error("Nobody.");
  return changeProfile(ctx, deps, await myAccount(ctx, deps, actor.userId, ""), { dateOfBirth });
}
const decide = (ctx: Context, mature: MaturePolicy, text: string) =>
  judge(ctx, { safety: safetyOn(database.table, mature) }, "test.judged", text);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "made",
    (error: unknown) => (error instanceof Problem ? error.type.code : String(error)),
  );
const entries = async (ctx: Context) => (await safetyOn(database.table).audit.list(ctx.workspaceId, { limit: 50 })).items;
const first = (verdict: string) => labelled.find((one) => one.verdict === verdict)?.text ?? "";
const adults = first("mature");

describe("what is asked for", () => {
  test("costs no call where it is for everybody, and leaves no entry", async () => {
    const ctx = somebody();
    database.calls.length = 0;
    const { rating, record } = await decide(ctx, "off", "a quiet harbour at dawn");
    expect({ rating, writes: record("gen_1"), calls: database.calls }).toEqual({ rating: "general", writes: [], calls: [] });
  });

  test("is refused whatever the settings where it is forbidden, and the entry has the rule without the words", async () => {
    const ctx = somebody();
    await born(ctx, "1980-01-01");
    expect(await refusal(decide(ctx, "declared", first("forbidden")))).toBe("safety/refused");
    const [entry, ...more] = await entries(ctx);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      act: "test.judged",
      outcome: "refused",
      details: { problem: "safety/refused", rulesVersion: expect.any(String) },
    });
    expect(JSON.stringify(entry)).not.toContain(first("forbidden").split(" ")[0]);
  });

  test("is not made for adults where the operator has not turned that on", async () => {
    const ctx = somebody();
    await born(ctx, "1980-01-01");
    expect(await refusal(decide(ctx, "off", adults))).toBe("safety/mature-off");
  });

  test("is made for adults alone where it is on: by their date of birth, or by an age check", async () => {
    const ctx = somebody();
    expect(await refusal(decide(ctx, "declared", adults))).toBe("safety/adults-only");
    await born(ctx, `${new Date().getUTCFullYear() - 17}-01-01`);
    expect(await refusal(decide(ctx, "declared", adults))).toBe("safety/adults-only");
    await born(ctx, "1980-01-01");
    expect(await refusal(decide(ctx, "declared", adults))).toBe("made");
    expect(await refusal(decide(ctx, "verified", adults))).toBe("safety/adults-only");
    await born(ctx, null);
    expect(await refusal(decide(ctx, "declared", adults))).toBe("safety/adults-only");
  });

  test("is not made for adults when nobody in person asks", async () => {
    expect(await refusal(decide({ ...somebody(), actor: { kind: "system" } }, "declared", adults))).toBe("safety/adults-only");
  });

  test("leaves an entry beside what is made where it is not for everybody", async () => {
    const ctx = somebody();
    const { rating, record } = await decide(ctx, "off", first("suggestive"));
    await database.table.write(...record("gen_1"));
    expect(rating).toBe("suggestive");
    expect(await entries(ctx)).toMatchObject([{ outcome: "allowed", subject: "gen_1", details: { rating: "suggestive" } }]);
  });
});
