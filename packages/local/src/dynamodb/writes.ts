import { type FSWatcher, watch } from "node:fs";

/** Notices writes of another process to the database in a folder. */
export type Writes = {
  /** Resolves when it is time to look whether something was written, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
  close(): void;
};

/** How often to look while something is being written: a look is one read of shared memory. */
const busyMs = 5;

/** How often to look otherwise, if the system tells of writes: it should not miss one, and nothing would be lost if it did. */
const quietMs = 200;

/** The system tells when the log of a transaction is written. It can be read a little later, after the disk has it. */
const settlingMs = 100;

/** Where the system cannot watch, or has no watch left, it is looked for all the time. Only Linux is quick enough at telling. */
export function watchWrites(folder: string): Writes {
  let watcher: FSWatcher | undefined;
  let busyUntil = 0;
  const waiting = new Set<() => void>();
  try {
    if (process.platform === "linux") watcher = watch(folder, written).on("error", () => undefined);
  } catch {
    // Looking often does.
  }

  function written(): void {
    const wasQuiet = busyUntil < performance.now();
    busyUntil = performance.now() + settlingMs;
    if (wasQuiet) for (const wake of waiting) wake();
  }

  return {
    next: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          waiting.delete(done);
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, watcher && busyUntil < performance.now() ? quietMs : busyMs);
        signal.addEventListener("abort", done);
        waiting.add(done);
      }),
    close: () => watcher?.close(),
  };
}
