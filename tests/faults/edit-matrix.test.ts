import { providers, type Provider as Simulator } from "@atelier/simulators";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../harness/table.ts";
import { openWorkshop } from "../harness/workshop.ts";
import { type EditProvider, editMatrix, editRows } from "./edit-matrix.ts";
import type { MatrixFault } from "./matrix.ts";

let database: TestTable;
let picture: Buffer;
beforeAll(async () => {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  picture = await sharp({ create: { width: 96, height: 64, channels: 3, background: "gray", noise } })
    .png()
    .toBuffer();
  database = await startTable();
});
afterAll(() => database.close());

const patient = { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 };
/** Those that only time ends are waited for as briefly as can be. */
const hasty = { submitMs: 1_500, readMs: 20_000, fileMs: 1_200 };
const endless: readonly MatrixFault[] = ["hangBefore", "hang", "slowDrip"];
/** Stand-ins bring pictures of a few hundred bytes: not one of them has dripped in before time is up. */
const drip = { bytes: 4, everyMs: 50 };

describe.concurrent.each(Object.keys(editMatrix) as EditProvider[])("an edit that %s is asked for, or else the other provider,", (name) => {
  let simulators: Record<EditProvider, Simulator>;
  beforeAll(async () => {
    const [replicate, stability] = await Promise.all([providers.replicate({ drip }), providers.stability({ drip })]);
    simulators = { replicate, stability };
  });
  afterAll(() => Promise.all(Object.values(simulators).map((simulator) => simulator.close())));

  const cells = editRows.map(({ fault, operation }) => [operation.type, fault, editMatrix[name][fault], operation] as const);

  test.each(cells)("(%s) meets %s and ends as the guide says: %s", { concurrent: false }, async (_type, fault, said, operation) => {
    const patience = endless.includes(fault) ? hasty : patient;
    const shop = openWorkshop(database.table, { simulators, order: [name], patience });
    for (const simulator of Object.values(simulators)) simulator.behave();
    const before = Object.values(simulators).map((simulator) => simulator.predictions().length);
    simulators[name].order(fault);
    const edit = await shop.edit(await shop.upload(picture), { operations: [operation] });
    await shop.work(edit.asked);
    await shop.drive();
    const [job, version] = [await shop.job(edit.asked), await edit.version()];
    const told = JSON.stringify(job.attempts, undefined, 1);
    const words = job.attempts.map(({ outcome, provider }) => (provider === name ? outcome : `${outcome} elsewhere`));
    expect(words.join(", "), told).toBe(said);
    expect([job.state, version.state], told).toEqual(said === "refused" ? ["refused", "failed"] : ["succeeded", "ready"]);
    expect(simulators[name].counts()[fault]).toBe(1);

    // Nobody was asked without an attempt; the job, the version and the budget tell one price, and it is the bill but for what nobody can tell.
    const taken = Object.entries(simulators).map(([provider, simulator], index) => ({
      provider,
      work: simulator.predictions().slice(before[index]),
    }));
    for (const { provider, work } of taken)
      expect(work.length, told).toBeLessThanOrEqual(job.attempts.filter((attempt) => attempt.provider === provider).length);
    const billed = taken.flatMap(({ work }) => work).reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
    expect([version.making?.costMicroUsd, await shop.booked()], told).toEqual([job.costMicroUsd, job.costMicroUsd]);
    if (job.attempts.some(({ outcome }) => outcome === "unknown")) expect(billed, told).toBeLessThanOrEqual(job.costMicroUsd);
    else expect(billed, told).toBe(job.costMicroUsd);
  });
});
