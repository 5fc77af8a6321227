import { afterEach, describe, expect, test } from "vitest";
import { faults } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";

const { url } = await ownAtelier();
const address = `${url}/_local/faults`;
const trouble = faults({ url });
afterEach(() => trouble.clear());

describe("faults to order", () => {
  test("are listed with what they have struck, as a page for a browser, and end when they are deleted", async () => {
    const { id } = await trouble.add({ service: "lambda", call: "HttpRest", fault: "dropBefore", times: 1 });
    expect((await fetch(`${url}/v1/health`)).status).toBe(500);
    expect((await fetch(`${url}/v1/health`)).status).toBe(200);
    expect(await trouble.counts()).toEqual({ "lambda HttpRest dropBefore": 1 });
    const page = await fetch(address, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain(id);
    await trouble.clear(id);
    expect(await trouble.rules()).toEqual([]);
  });

  test("that cannot be are refused in words that say what can", async () => {
    const refused = async (order: unknown) => {
      const answer = await fetch(address, { method: "POST", body: JSON.stringify(order) });
      return { status: answer.status, ...((await answer.json()) as { detail: string }) };
    };
    expect(await refused({ service: "dynamo" })).toMatchObject({
      status: 422,
      detail: expect.stringContaining("one of dynamodb, sqs, ses"),
    });
    expect(await refused({ service: "s3", fault: "melt" })).toMatchObject({
      status: 422,
      detail: expect.stringContaining("throttle, conflict"),
    });
    expect((await fetch(`${address}?id=fault-0`, { method: "DELETE" })).status).toBe(404);
  });
});
