/**
 * Does each of several jobs, one after the other, also where one before it fails: a post must not wait because plans cannot be sent. Answers with the sum of
 * what they have done; failures are thrown together at the end, by the names of their jobs.
 */
export async function eachByItself(jobs: Readonly<Record<string, () => Promise<number>>>): Promise<number> {
  let sum = 0;
  const errors: Error[] = [];
  for (const [name, job] of Object.entries(jobs)) {
    try {
      sum += await job();
    } catch (cause) {
      errors.push(new Error(name, { cause }));
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `Failed: ${errors.map(({ message }) => message).join(", ")}.`);
  return sum;
}
