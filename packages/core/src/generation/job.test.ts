import { describe, expect, test } from "vitest";
import { isFinal, type JobState, jobStates, mayBecome } from "./job.ts";

describe("the states of a generation", () => {
  test("can all be reached from the first", () => {
    const reached = new Set<JobState>(["queued"]);
    for (const from of reached) for (const to of jobStates) if (mayBecome(from, to)) reached.add(to);
    expect(reached).toEqual(new Set(jobStates));
  });

  test("have no way on from the final ones, but a new try of a failed one", () => {
    const exits = jobStates.filter(isFinal).flatMap((from) => jobStates.filter((to) => mayBecome(from, to)).map((to) => `${from} → ${to}`));
    expect(exits).toEqual(["failed → queued"]);
  });

  test("have a way to an end from every one that is not final", () => {
    for (const from of jobStates.filter((state) => !isFinal(state)))
      expect(jobStates.some((to) => isFinal(to) && mayBecome(from, to))).toBe(true);
  });
});
