import { EventEmitter, once } from "node:events";

/** The product's time on this machine: real time plus an offset that a person or a test may change. All times are epoch milliseconds. */
export type Clock = {
  now(): number;
  /** Resolves once `now()` has reached `at`, also when the clock is turned past it; rejects if `signal` aborts. */
  sleepUntil(at: number, signal?: AbortSignal): Promise<void>;
  /** Calls `listener` after each turn of the clock; returns the way to stop. */
  onTurn(listener: (offsetMs: number) => void): () => void;
};

export type TurnableClock = Clock & { offsetMs(): number; turnTo(offsetMs: number): void };

/** Where the clock may stand: past these, dates and databases fail in ways that nobody would trace to the clock. */
const [earliest, latest] = [Date.parse("2000-01-01T00:00:00Z"), Date.parse("2100-01-01T00:00:00Z")];
export const clockRange = "the years 2000 to 2099";

/** Whether the clock would stand within {@link clockRange} with this offset from real time. */
export const canTurnTo = (offsetMs: number): boolean => {
  const at = Date.now() + offsetMs;
  return at >= earliest && at < latest;
};

/** Node's timers hold 31 bits; a longer wait is cut into pieces. */
const longestTimerMs = 2 ** 31 - 1;

export function makeClock(offsetMs = 0): TurnableClock {
  let offset = offsetMs;
  const turns = new EventEmitter();
  turns.setMaxListeners(0);

  const now = () => Date.now() + offset;

  return {
    now,
    offsetMs: () => offset,
    turnTo(next) {
      offset = next;
      turns.emit("turn", offset);
    },
    onTurn(listener) {
      turns.on("turn", listener);
      return () => turns.off("turn", listener);
    },
    async sleepUntil(at, signal) {
      for (let leftMs = at - now(); leftMs > 0; leftMs = at - now()) {
        const over = new AbortController();
        const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
        let timer: NodeJS.Timeout | undefined;
        const rung = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, Math.min(leftMs, longestTimerMs));
        });
        try {
          await Promise.race([rung, once(turns, "turn", { signal: stop })]);
        } finally {
          clearTimeout(timer);
          over.abort();
        }
      }
    },
  };
}
