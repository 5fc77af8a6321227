type Job = { step: () => boolean; everyMs: number; timer?: NodeJS.Timeout };

/**
 * Work that goes on after it was answered, one step at a time: by timers, or, while held, by hand.
 * `drawMs` says how long one step of a new job takes.
 */
export function jobRunner(drawMs: () => number) {
  const jobs = new Set<Job>();
  let held = false;

  function schedule(job: Job): void {
    if (held) return;
    job.timer = setTimeout(() => advance(job), job.everyMs);
  }

  function advance(job: Job): void {
    clearTimeout(job.timer);
    if (job.step()) schedule(job);
    else jobs.delete(job);
  }

  return {
    /** `step` moves the job on and tells whether it has further to go. */
    start(step: () => boolean): void {
      const job: Job = { step, everyMs: drawMs() };
      jobs.add(job);
      schedule(job);
    },
    /** From now on all work stays where it is. */
    hold(): void {
      held = true;
      for (const job of jobs) clearTimeout(job.timer);
    },
    /** Moves each piece of work one state on. */
    step(): void {
      for (const job of [...jobs]) advance(job);
    },
    /** From now on work goes on by itself again. */
    release(): void {
      held = false;
      for (const job of jobs) schedule(job);
    },
    close(): void {
      for (const job of jobs) clearTimeout(job.timer);
      jobs.clear();
      held = true;
    },
  };
}

export type JobRunner = ReturnType<typeof jobRunner>;
