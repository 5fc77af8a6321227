/**
 * Runs tasks so that one step of one of them is taken at a time, and chance decides whose: the same numbers give the same interleaving.
 * A step is what lies between two calls of `turn`.
 */
export function makeInterleaver(random: () => number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  const next = () => {
    if (waiting.length > 0 && waiting.length === running) waiting.splice(Math.floor(random() * waiting.length), 1)[0]?.();
  };
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      next();
    });
  return {
    turn,
    /** The same object; each call of its methods is a step. */
    stepped: <T extends object>(thing: T): T =>
      new Proxy(thing, {
        get: (target, name, receiver) => {
          const method: unknown = Reflect.get(target, name, receiver);
          if (typeof method !== "function") return method;
          return async (...args: unknown[]) => {
            await turn();
            return method.apply(target, args) as unknown;
          };
        },
      }),
    all: <T>(tasks: (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> => {
      running = tasks.length;
      return Promise.allSettled(
        tasks.map(async (task) => {
          try {
            await turn();
            return await task();
          } finally {
            running -= 1;
            next();
          }
        }),
      );
    },
  };
}
