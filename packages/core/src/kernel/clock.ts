/** Time as the product sees it. All times are epoch milliseconds. */
export type Clock = {
  now(): number;
  /** Resolves once `now()` has reached `at`. */
  sleepUntil(at: number): Promise<void>;
};

const real: Clock = {
  now: Date.now,
  sleepUntil: (at) => new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now()))),
};

/** Where a host that can turn time puts its clock, before any product code is loaded. AWS has no such host. */
const hostClock = Symbol.for("atelier.clock");

/** The clock of this process. Signatures and token times do not follow it: their verifiers live in real time. */
export const processClock: Clock = (globalThis as { [hostClock]?: Clock })[hostClock] ?? real;
