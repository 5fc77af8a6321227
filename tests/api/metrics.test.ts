import { beforeAll, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { until } from "../harness/until.ts";
import { approved } from "../harness/work.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});

test("what was drawn and approved stands in the figures of its model and in the table of them, and in nobody else's", async () => {
  const { generation } = await approved(ada.client);
  const items = await until("the figures", async () => {
    const found = (await ada.client.getMetrics({ query: { by: "model" } })).items;
    return found[0]?.drawn === 1 && found[0].approved === 1 && found;
  });
  expect(items).toMatchObject([
    {
      provider: generation?.provider,
      model: generation?.model,
      drawn: 1,
      approved: 1,
      failed: 0,
      successRate: 1,
      costPerApprovedMicroUsd: 0,
    },
  ]);
  const [names, line] = (await ada.client.exportMetrics({ query: { by: "model" } })).split("\r\n");
  expect(names).toContain("costPerApprovedMicroUsd");
  expect(line).toContain(`,${generation?.provider},${generation?.model},`);
  const bob = await signUp(url);
  expect((await bob.client.getMetrics({ query: { by: "model" } })).items).toEqual([]);
  expect((await bob.client.listAlerts({})).items).toEqual([]);
});

test("days that make no sense together are refused with what is allowed", async () => {
  await expect(ada.client.getMetrics({ query: { from: "2026-02-02", to: "2026-02-01" } })).rejects.toMatchObject({ status: 422 });
  await expect(ada.client.getMetrics({ query: { from: "2020-01-01", to: "2026-02-01" } })).rejects.toMatchObject({
    status: 422,
    problem: { errors: [{ pointer: "#/query/from", detail: "At most 366 days." }] },
  });
});
