import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { safetyOn } from "../../../../tests/harness/safety.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { changeProfile, confirmAge, myAccount, type UserPool } from "../identity/index.ts";
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
const secret = `whsec_${Buffer.from("a secret of twenty-four bytes").toString("base64")}`;
/** What a provider of age checks would send, `secondsAgo`. */
function said(ctx: Context, adult: boolean, secondsAgo = 0, key = secret) {
  const at = new Date(Date.now() - secondsAgo * 1000);
  const rawBody = JSON.stringify({ userId: ctx.actor.kind === "user" ? ctx.actor.userId : "", adult });
  const signature = new Webhook(key).sign("msg_1", at, rawBody);
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(Math.floor(at.getTime() / 1000)), "webhook-signature": signature };
  return confirmAge(ctx, { table: database.table }, secret, { headers, rawBody });
}
const decide = (ctx: Context, mature: MaturePolicy, text: string) =>
  judge(ctx, { safety: safetyOn(database.table, mature) }, "test.judged", { words: [text] });
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

  test("is made for adults whose age a provider of age checks has confirmed, until it says otherwise or they are somebody of another age", async () => {
    const ctx = somebody();
    expect(await refusal(said(ctx, true))).toBe("request/invalid");
    await born(ctx, "1980-01-01");
    await said(ctx, true, 60);
    expect(await refusal(decide(ctx, "verified", adults))).toBe("made");
    await said(ctx, false, 30);
    expect(await refusal(decide(ctx, "verified", adults))).toBe("safety/adults-only");
    // The same words as before, played again.
    await said(ctx, true, 60);
    expect(await refusal(decide(ctx, "verified", adults))).toBe("safety/adults-only");
    await said(ctx, true, 10);
    expect(await refusal(decide(ctx, "verified", adults))).toBe("made");
    await born(ctx, "1981-01-01");
    expect(await refusal(decide(ctx, "verified", adults))).toBe("safety/adults-only");
  });

  test("is not made for adults on the word of somebody else, or on an old one", async () => {
    const ctx = somebody();
    await born(ctx, "1980-01-01");
    const other = `whsec_${Buffer.from("another of twenty-four bytes!").toString("base64")}`;
    expect(await refusal(said(ctx, true, 0, other))).toBe("auth/age-check-refused");
    expect(await refusal(said(ctx, true, 301))).toBe("auth/age-check-refused");
    expect(await refusal(confirmAge(ctx, { table: database.table }, undefined, { headers: {}, rawBody: "{}" }))).toBe(
      "auth/age-check-refused",
    );
    expect(await refusal(decide(ctx, "verified", adults))).toBe("safety/adults-only");
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
