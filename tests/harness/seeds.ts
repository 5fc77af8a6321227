/** How many seeds fault tests run with: one in `npm test`, more where `FAULT_SEEDS` says so. */
const wanted = Number(process.env.FAULT_SEEDS ?? 1);

/** For `describe.each`: the failing test's name tells the seed. */
export const seeds: readonly number[] = Array.from({ length: wanted }, (_, index) => index + 1);

/** One line on what was struck, where many seeds are run: docs/guides/faults.md tells of them. */
export function tell(what: string, seed: number, counts: Record<string, unknown>): void {
  if (wanted > 1) process.stdout.write(`seed ${seed}, ${what}: ${JSON.stringify(counts)}\n`);
}
