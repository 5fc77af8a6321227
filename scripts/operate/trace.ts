import type { Step } from "../../packages/local/src/story.ts";
import { ask, command, Mistake, type Place, placeUsage, readArguments } from "./place.ts";

const usage = `npm run trace -- ID [options]
  Tells in order what was done under a correlation id (x-request-id), or for a generation, an image or a post.
${placeUsage}`;

const lineOf = ({ at, function: name, what, type, subject = "", state, ms, receives, error }: Step): string =>
  [
    at.slice(11, 23),
    name.padEnd(18),
    `${what}${type ? `: ${type}` : ""}${state ? ` → ${state}` : ""}`.padEnd(58),
    (ms === undefined ? "" : `${ms} ms`).padStart(9),
    subject,
    ...(error ? [`\n${" ".repeat(13)}✗ ${error}${receives ? ` (try ${receives})` : ""}`] : []),
  ]
    .join(" ")
    .trimEnd();

/** AWS keeps the lines in CloudWatch; this says how to ask for them. */
const queryFor = ({ stack, region, profile }: Extract<Place, { kind: "aws" }>, id: string): string => {
  const query = `fields @timestamp, message, type, subject, state, coalesce(ms, RequestMs) as took, error.message
| filter correlationId = "${id}" or subject = "${id}"
| sort @timestamp
| limit 1000`;
  return `Paste this into Logs Insights, over all log groups whose names begin with ${stack}-
https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:logs-insights

${query}

Or from here, for the last day:
aws logs start-query --profile ${profile} --region ${region} --start-time $(($(date +%s) - 86400)) --end-time $(date +%s) \\
  --query-string "SOURCE logGroups(namePrefix: ['${stack}-']) | filter correlationId = '${id}' or subject = '${id}' | fields @timestamp, message, type, subject, state, coalesce(ms, RequestMs) as took, error.message | sort @timestamp"
aws logs get-query-results --profile ${profile} --region ${region} --query-id QUERY-ID

For the id of an object, ask again with the correlationId that this finds.`;
};

/** What is printed. Throws {@link Mistake}. */
export async function trace(args: readonly string[]): Promise<string> {
  const { word, place } = readArguments(usage, args);
  if (word === undefined) throw new Mistake(usage);
  if (!/^[\w-]{3,80}$/.test(word)) throw new Mistake(`“${word}” is no id.`);
  if (place.kind === "aws") return queryFor(place, word);
  const { items } = await ask<{ items: Step[] }>(place.url, `trace?id=${word}`);
  if (items.length === 0) throw new Mistake(`Nothing was written under ${word}, or it is too long ago.`);
  return items.map(lineOf).join("\n");
}

if (import.meta.main) await command(trace);
