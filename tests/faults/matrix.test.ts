import { providers, type Provider as Simulator } from "@atelier/simulators";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../harness/table.ts";
import { openWorkshop } from "../harness/workshop.ts";
import { type MatrixFault, type MatrixProvider, matrix, matrixFaults } from "./matrix.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const patient = { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 };
/** Those that only time ends are waited for as briefly as can be. */
const hasty = { submitMs: 1_500, readMs: 20_000, fileMs: 1_200 };
const endless: readonly MatrixFault[] = ["hangBefore", "hang", "slowDrip"];

describe.concurrent.each(Object.keys(matrix) as MatrixProvider[])(
  "a generation that %s may draw, or else the built-in renderer,",
  (name) => {
    let simulator: Simulator;
    beforeAll(async () => {
      simulator = await providers[name]();
    });
    afterAll(() => simulator.close());

    const cells = (Object.keys(matrixFaults) as MatrixFault[]).flatMap((fault) => {
      const said = (matrix[name] as Partial<Record<MatrixFault, string>>)[fault];
      return said === undefined ? [] : [[fault, said] as const];
    });

    test.each(cells)("meets %s and ends as the guide says: %s", { concurrent: false }, async (fault, said) => {
      const shop = openWorkshop(database.table, { simulators: { [name]: simulator }, patience: endless.includes(fault) ? hasty : patient });
      // Small is cheap, but a small file has dripped in before time is up.
      const side = endless.includes(fault) ? 1_024 : 512;
      simulator.behave();
      const before = simulator.predictions().length;
      simulator.order(fault);
      const asked = await shop.ask({ providers: [name, "sketch"], quality: "draft", width: side, height: side });
      await shop.work(asked);
      await shop.drive();
      const job = await shop.job(asked);
      const told = JSON.stringify(job.attempts, undefined, 1);
      const words = job.attempts.map(({ outcome, provider }) => (provider === name ? outcome : "drawn elsewhere"));
      expect(words.join(", "), told).toBe(said);
      expect(job.state, told).toBe(said.endsWith("refused") ? "refused" : "succeeded");
      expect(simulator.counts()[fault]).toBe(1);
      // Nothing was asked for without an attempt, and the books are the provider's, but for what nobody can tell.
      const taken = simulator.predictions().slice(before);
      expect(taken.length, told).toBeLessThanOrEqual(job.attempts.filter(({ provider }) => provider === name).length);
      const billed = taken.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
      expect(await shop.booked(), told).toBe(job.costMicroUsd);
      if (job.attempts.some(({ outcome }) => outcome === "unknown")) expect(billed, told).toBeLessThanOrEqual(job.costMicroUsd);
      else expect(billed, told).toBe(job.costMicroUsd);
    });
  },
);
