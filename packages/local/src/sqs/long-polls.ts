import type { Clock } from "../clock.ts";

/** Node's timers hold 31 bits; a queue whose next message is due later is looked at again then. */
const longestTimerMs = 2 ** 31 - 1;

type Waiter = { attempt(): boolean; fail(error: unknown): void };
type Room = { waiters: Set<Waiter>; timer?: NodeJS.Timeout; waking: boolean };

export type LongPolls = {
  /**
   * Tries `take` whenever the queue may have something, first come first served, until it yields something. Ends empty after
   * `waitMs` of real time (the caller's connection lives in real time, whatever the product's clock says) or when `signal` aborts.
   */
  wait<T>(queue: string, take: () => T[], waitMs: number, signal?: AbortSignal): Promise<T[]>;
  /** Something may have become visible in this queue: a message sent, given back or moved. */
  wake(queue: string): void;
  /** Ends all waits, empty. */
  close(): void;
};

/**
 * Lets receivers wait without polling. Each queue that is waited on has one timer, set to the next moment at which a delay or a
 * visibility runs out (`nextDue`, epoch ms of `clock`); a turn of the clock makes every such queue look again.
 */
export function makeLongPolls(clock: Clock, nextDue: (queue: string) => number | undefined): LongPolls {
  const rooms = new Map<string, Room>();
  const closing = new AbortController();

  function look(queue: string): void {
    const room = rooms.get(queue);
    if (!room) return;
    room.waking = false;
    clearTimeout(room.timer);
    for (const waiter of room.waiters) {
      try {
        if (!waiter.attempt()) break;
      } catch (error) {
        waiter.fail(error);
      }
    }
    if (room.waiters.size === 0) return;
    const due = nextDue(queue);
    if (due !== undefined) room.timer = setTimeout(look, Math.min(Math.max(due - clock.now(), 0), longestTimerMs), queue);
  }

  /** After the present call, so that a sender neither pays for its receivers nor meets their errors. */
  function wake(queue: string): void {
    const room = rooms.get(queue);
    if (!room || room.waking) return;
    room.waking = true;
    queueMicrotask(() => look(queue));
  }

  const stopTurns = clock.onTurn(() => {
    for (const queue of rooms.keys()) wake(queue);
  });

  return {
    wake,
    wait<T>(queue: string, take: () => T[], waitMs: number, signal?: AbortSignal): Promise<T[]> {
      return new Promise((resolve, reject) => {
        const over = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
        if (over.aborted) return resolve([]);
        const room = rooms.get(queue) ?? { waiters: new Set(), waking: false };
        rooms.set(queue, room);

        const leave = () => {
          clearTimeout(deadline);
          over.removeEventListener("abort", giveUp);
          room.waiters.delete(waiter);
          if (room.waiters.size > 0 || rooms.get(queue) !== room) return;
          clearTimeout(room.timer);
          rooms.delete(queue);
        };
        const giveUp = () => {
          leave();
          resolve([]);
        };
        const waiter: Waiter = {
          attempt() {
            const taken = take();
            if (taken.length === 0) return false;
            leave();
            resolve(taken);
            return true;
          },
          fail(error) {
            leave();
            reject(error);
          },
        };
        const deadline = setTimeout(giveUp, waitMs);
        over.addEventListener("abort", giveUp, { once: true });
        room.waiters.add(waiter);
        wake(queue);
      });
    },
    close() {
      stopTurns();
      closing.abort();
    },
  };
}
