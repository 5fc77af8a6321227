import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { transaction } from "../database.ts";
import { sqsError } from "./errors.ts";
import type { Queues } from "./queues.ts";
import type { MoveRow, SqsStore } from "./store.ts";

/** Messages in one transaction, so that a long move holds up nobody. */
const batch = 200;
/** As AWS remembers, for each source. */
const keptTasks = 10;

export type Moves = ReturnType<typeof makeMoves>;

/**
 * Moves what waits in dead-letter queues. What a step moves and how far the task is are one transaction, and tasks that were running are
 * taken up again at the start, so a kill neither loses nor repeats anything. A task moves what waited when it began: what fails
 * again meanwhile and comes back is left, or it would go round for ever.
 */
export function makeMoves({ store, queues, clock }: { store: SqsStore; queues: Queues; clock: Clock }) {
  const { moves } = store;
  const closing = new AbortController();

  /** One step; true while there is more to do. */
  function step(id: string, max: number): boolean {
    return transaction(store.database, () => {
      const task = moves.find(id);
      if (task?.status !== "RUNNING") return false;
      const left = Math.max(0, task.to_move - task.moved);
      const wanted = Math.min(max, left);
      const moved = queues.redrive(task.source, task.destination ?? undefined, { max: wanted, until: task.started_at });
      const more = moved === wanted && left > moved;
      moves.save({ ...task, moved: task.moved + moved, ...(more ? {} : ending(task)) });
      return more;
    });
  }

  /** A message that was sent to the dead-letter queue directly has nowhere to go back to. */
  const ending = ({ source, destination, started_at }: MoveRow): Pick<MoveRow, "status" | "failure"> =>
    destination === null && queues.waiting(source, started_at) > 0
      ? { status: "FAILED", failure: "CouldNotDetermineMessageSource" }
      : { status: "COMPLETED", failure: null };

  async function carryOn(id: string, perSecond: number | null): Promise<void> {
    try {
      do {
        if (perSecond === null) await setImmediate(undefined, { signal: closing.signal });
        else await clock.sleepUntil(clock.now() + 1_000, closing.signal);
      } while (step(id, perSecond ?? batch));
    } catch (error) {
      // Closed: the task goes on with the next start.
      if (!closing.signal.aborted) throw error;
    }
  }

  for (const task of moves.running()) void carryOn(task.id, task.per_second);

  return {
    /** Begins to move; a small move is over when it returns. Throws UnsupportedOperation while another runs. */
    start(source: string, destination: string | undefined, perSecond: number | undefined): string {
      if (moves.newest(source, 1).some(({ status }) => status === "RUNNING"))
        throw sqsError(
          "UnsupportedOperation",
          "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        );
      const id = randomUUID();
      const now = clock.now();
      const toMove = queues.waiting(source, now);
      const task = { id, source, destination: destination ?? null, per_second: perSecond ?? null, to_move: toMove, started_at: now };
      moves.begin(task, keptTasks);
      if (step(id, perSecond ?? batch)) void carryOn(id, task.per_second);
      return id;
    },

    /** How many it had moved. Throws ResourceNotFoundException, UnsupportedOperation. */
    cancel(id: string): number {
      const task = moves.find(id);
      if (!task) throw sqsError("ResourceNotFoundException", "The task that the handle names does not exist.", 404);
      if (task.status !== "RUNNING") throw sqsError("UnsupportedOperation", "Only active tasks can be cancelled.");
      moves.save({ ...task, status: "CANCELLED" });
      return task.moved;
    },

    /** The newest first. */
    of: (source: string, max: number): MoveRow[] => moves.newest(source, max),

    close: () => closing.abort(),
  };
}
