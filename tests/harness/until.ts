/** Looks again and again until there is something; real time, since it waits for other processes. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, withinMs = 60_000, everyMs = 25): Promise<T> {
  let last: unknown;
  for (const end = performance.now() + withinMs; performance.now() < end; ) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`Waited ${withinMs} ms in vain for: ${what}`, { cause: last });
}
