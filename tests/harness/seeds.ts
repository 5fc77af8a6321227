/** How many seeds fault tests run with: one in `npm test`, more where `FAULT_SEEDS` says so. */
const wanted = Number(process.env.FAULT_SEEDS ?? 1);

/** For `describe.each`: the failing test's name tells the seed. */
export const seeds: readonly number[] = Array.from({ length: wanted }, (_, index) => index + 1);

/** How much of something a seed has: little in `npm test`, whose time is short, and as much as is promised in `npm run test:faults`. */
export const asMany = (inTest: number, inFaults: number): number => (wanted > 1 ? inFaults : inTest);

/** One line on what was struck, where many seeds are run: docs/guides/faults.md tells of them. */
export function tell(what: string, seed: number, counts: Record<string, unknown>): void {
  if (wanted > 1) process.stdout.write(`seed ${seed}, ${what}: ${JSON.stringify(counts)}\n`);
}
