import { setTimeout as pause } from "node:timers/promises";
import { TransactionCanceledException, TransactionConflictException } from "@aws-sdk/client-dynamodb";

/** The database could not get to it, and has written nothing. */
export class Busy extends Error {}

/** Together at most three seconds: then whoever asked is told, or the message comes again. */
const mostRounds = 6;
const firstPauseMs = 50;
const longestPauseMs = 1_600;

/** Waits longer each time, and never as long as its neighbours, who met the same at the same moment. */
export const breathe = (round: number): Promise<void> => pause(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** round));

/**
 * Repeats what DynamoDB has not decided: it met another transaction at the same row, or a throttled part of its own. The SDK repeats neither.
 * Throws {@link Busy} after a few rounds.
 */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isUndecided(error)) throw error;
      if (round === mostRounds) throw new Busy("The database is too busy with the same rows.", { cause: error });
      await breathe(round);
    }
  }
}

const passing = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

/** What the database says when it has too much to do, by the names of its errors. */
const throttled = new Set([
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "TransactionInProgressException",
]);

/** Whether it will be better in a moment, as far as the database can tell. */
export const isBusy = (error: unknown): boolean => error instanceof Busy || (error instanceof Error && throttled.has(error.name));

/** A condition that did not hold decides, whatever else was in the way. */
function isUndecided(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code).filter((code) => code !== "None");
  return codes.length > 0 && codes.every((code) => passing.has(code));
}
