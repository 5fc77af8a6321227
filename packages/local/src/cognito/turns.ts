/** Runs `work` once all earlier work under the same key is over. */
export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function makeTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();

  return async (key, work) => {
    const before = last.get(key);
    const mine = (before ?? Promise.resolve()).then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
