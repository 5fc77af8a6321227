import { parseArgs } from "node:util";
import { defaults } from "../../stacks/config.ts";

/** What an operator did wrong, in words that help. */
export class Mistake extends Error {}

/** The embedded cloud at an address, or a deployed stage. */
export type Place = { kind: "local"; url: string } | { kind: "aws"; profile: string; stack: string; region: string };

const options = {
  url: { type: "string" },
  profile: { type: "string" },
  stage: { type: "string" },
  region: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

export const placeUsage = `
  --url URL        the embedded cloud, as npm start prints it (http://127.0.0.1:4400)
  --profile NAME   AWS instead, with the credentials of this profile
  --stage NAME     which deployment there (${defaults.stage})
  --region NAME    (${defaults.region})`;

/** Reads a command line of at most one word. Throws {@link Mistake} with the usage. */
export function readArguments(usage: string, args: readonly string[]): { word: string | undefined; place: Place } {
  const { values, positionals } = parsed(usage, args);
  if (values.help || positionals.length > 1) throw new Mistake(usage);
  const { url, profile, stage = defaults.stage, region = defaults.region } = values;
  if (profile === undefined && (values.stage ?? values.region) !== undefined)
    throw new Mistake(`A stage is in AWS: say with which \`--profile\`.\n\n${usage}`);
  if (profile !== undefined && url !== undefined) throw new Mistake(`Either \`--url\` or \`--profile\`.\n\n${usage}`);
  const place: Place = profile
    ? { kind: "aws", profile, stack: `${stage}-${defaults.app}-main`, region }
    : { kind: "local", url: (url ?? "http://127.0.0.1:4400").replace(/\/$/, "") };
  return { word: positionals[0], place };
}

function parsed(usage: string, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Mistake(`${(error as Error).message}\n\n${usage}`);
  }
}

/** Asks the embedded cloud. Throws {@link Mistake} if it is not there, or refuses. */
export async function ask<T>(url: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/_local/${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }).catch(
    (cause: unknown) => {
      throw new Mistake(`Nothing answers at ${url}. Start it with npm start, or say with --url where it is.`, { cause });
    },
  );
  if (!response.ok) throw new Mistake(`${url} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Runs a command, and ends the process as it went. */
export async function command(run: (args: readonly string[]) => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await run(process.argv.slice(2))}\n`);
  } catch (error) {
    const { name, message, stack } = error as Error;
    const isExpected = error instanceof Mistake || name === "CredentialsProviderError";
    process.stderr.write(`${isExpected ? message : (stack ?? message)}\n`);
    process.exitCode = 1;
  }
}
