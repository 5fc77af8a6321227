import { SQSClient } from "@aws-sdk/client-sqs";
import { localDeadLetters } from "./dead-letters.local.ts";
import { sqsDeadLetters } from "./dead-letters.sqs.ts";
import type { DeadLetters, DeadQueue } from "./dead-letters.ts";
import { command, Mistake, type Place, placeUsage, readArguments } from "./place.ts";

const usage = `npm run redrive -- [NAME] [options]
  Without a name: lists the queues of dead letters. With one: sends its messages again. First mend why they failed.
${placeUsage}`;

const age = (ms: number): string => (ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`);

const rowOf = ({ name, count, oldestMs }: DeadQueue): string =>
  `${name.padEnd(20)}${String(count).padStart(6)}${oldestMs === undefined ? "" : `   the oldest ${age(oldestMs)} old`}`;

const at = (place: Place): DeadLetters =>
  place.kind === "local"
    ? localDeadLetters(place.url)
    : sqsDeadLetters(new SQSClient({ profile: place.profile, region: place.region }), place.stack);

/** What is printed. Throws {@link Mistake}. */
export async function redrive(args: readonly string[], lettersAt = at): Promise<string> {
  const { word, place } = readArguments(usage, args);
  const letters = lettersAt(place);
  const queues = await letters.list();
  if (word === undefined) return [`${"queue".padEnd(20)}  dead`, ...queues.map(rowOf)].join("\n");
  const dead = queues.find(({ name }) => name.toLowerCase() === word.toLowerCase());
  if (!dead) throw new Mistake(`There is no “${word}”. There are: ${queues.map(({ name }) => name).join(", ")}.`);
  return `${dead.name}: ${await letters.redrive(dead)}`;
}

if (import.meta.main) await command((args) => redrive(args));
