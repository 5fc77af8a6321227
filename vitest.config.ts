import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Guessing passwords need not be hard in a test.
process.env.ATELIER_PASSWORD_COST ??= "8";

/**
 * Files share processes: loading the product and the SDKs once for each of them took a third of all time of the processor. Time-outs are many times
 * what a test takes, so that none fails on a slow machine.
 */
const shared = { isolate: false, testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    pool: "forks",
    // One more than cores: much of a test of the whole system is waiting for a lease, a delay or a start.
    maxWorkers: availableParallelism() + 1,
    projects: [
      { test: { ...shared, name: "unit", include: ["packages/**/*.test.ts", "stacks/**/*.test.ts", "tests/stacks/**/*.test.ts"] } },
      { test: { ...shared, name: "api", include: ["tests/api/**/*.test.ts"], globalSetup: "tests/harness/global.ts" } },
      // Needs the tool chain of deployments: run by `npm run synth`, not by `npm test`.
      { test: { ...shared, name: "deploy", include: ["tests/deploy/**/*.test.ts"], testTimeout: 300_000 } },
      { test: { ...shared, name: "faults", include: ["tests/faults/**/*.test.ts"], testTimeout: 300_000 } },
    ],
  },
});
