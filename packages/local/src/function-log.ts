import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { type Figure, figuresIn, type Step, stepsOf } from "./story.ts";

/** What functions have written as JSON: the lines that CloudWatch would keep. */
export type FunctionLog = {
  add(functionName: string, line: string): void;
  /** What was done under an id, in order: a correlation id, or the id of an object that a request has made or changed. */
  trace(id: string): Promise<Step[]>;
  /** The newest error that was written about each of these messages. */
  errorsOf(messageIds: readonly string[]): Promise<Map<string, string>>;
  /** Totals of the figures in the lines that are kept. */
  figures(): Promise<Figure[]>;
  close(): Promise<void>;
};

/** Some 20,000 lines. The file before is kept beside it, so between one and two of these are there. */
const fileBytes = 8 * 1024 * 1024;

/** Lines of this time go out in one write: each opens the file anew. */
const togetherMs = 25;

/** Keeps the lines in `folder`, in the order in which they were written. Lines of the last moment are lost with a process that is killed. */
export function openFunctionLog(folder: string, maxBytes = fileBytes): FunctionLog {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "functions.jsonl");
  const before = join(folder, "functions.before.jsonl");
  let bytes = existsSync(file) ? statSync(file).size : 0;
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();

  /** All that waits goes out in one write. */
  async function write(): Promise<void> {
    const text = waiting.join("");
    waiting = [];
    if (text === "") return;
    if (bytes > maxBytes) {
      renameSync(file, before);
      bytes = 0;
    }
    bytes += Buffer.byteLength(text);
    await appendFile(file, text, { mode: 0o600 });
  }

  /** A disk that is full costs the log, not the product. */
  const flush = (): Promise<void> => {
    writing = writing.then(write).catch((error: unknown) => console.error(`The functions' log was not written: ${error}`));
    return writing;
  };

  async function lines(): Promise<string[]> {
    await flush();
    return [before, file].filter((name) => existsSync(name)).flatMap((name) => readFileSync(name, "utf8").split("\n"));
  }

  return {
    add(functionName, line) {
      if (!line.startsWith("{")) return;
      if (waiting.length === 0) setTimeout(flush, togetherMs);
      waiting.push(`${functionName} ${line}\n`);
    },
    trace: async (id) => stepsOf(await lines(), id),
    async errorsOf(messageIds) {
      const found = new Map<string, string>();
      for (const line of messageIds.length > 0 ? await lines() : []) {
        const about = messageIds.find((id) => line.includes(`"${id}"`));
        const error = about && errorIn(line);
        if (about && error) found.set(about, error);
      }
      return found;
    },
    figures: async () => figuresIn(await lines()),
    close: flush,
  };
}

const errorIn = (line: string): string | undefined => stepsOf([line], undefined)[0]?.error;
