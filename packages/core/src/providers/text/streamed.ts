import type * as z from "zod";
import { OutsideError } from "../../outside/index.ts";
import { failed, failedByOutside } from "../failures.ts";
import type { Line } from "../line.ts";
import type { TextPiece, TextRequest, TextRow } from "./contract.ts";
import { eventsIn } from "./events.ts";
import { costOf, doneBy, emptied, type Said } from "./shaped.ts";

/** What one event says: words, how much was used so far, and whether it is the last that says something. */
export type Heard = {
  words?: string;
  used?: Pick<Said, "tokensIn" | "tokensOut" | "costMicroUsd">;
  cut?: boolean;
  refusal?: string;
  isEnd?: boolean;
};

type Asking<Event> = {
  title: string;
  line: Line;
  path: string;
  body: object;
  row: TextRow;
  request: TextRequest<unknown>;
  shape: z.ZodType<Event>;
  hear(event: Event): Heard;
  /** What an event is that is no JSON and ends the stream. */
  last?: string;
  /** What it has cost at most, where nobody has counted. */
  uncountedMicroUsd: number;
};

/** Reads one stream to its end. One that breaks off before the provider has said that it is the end is `unknown-outcome`: what was said till then is billed, and nobody says how much. */
export async function* streamed<Event>(asking: Asking<Event>): AsyncGenerator<TextPiece, void, undefined> {
  const { title, line, path, body, row, request, shape, hear, last, uncountedMicroUsd } = asking;
  const left = request.until === undefined ? undefined : Math.max(1, request.until - performance.now());
  const opened = await line.payStream(path, body, left);
  if ("kind" in opened) return yield opened;
  const said: Said = { kind: "said", text: "", tokensIn: 0, tokensOut: 0, cut: false };
  let isCounted = false;
  let isEnded = false;
  try {
    for await (const data of eventsIn(opened.chunks)) {
      if (data === last) {
        isEnded = true;
        break;
      }
      const event = shape.safeParse(jsonIn(data));
      if (!event.success) break;
      const { words = "", used, cut, refusal, isEnd } = hear(event.data);
      if (used) {
        Object.assign(said, used);
        isCounted = true;
      }
      if (cut) said.cut = true;
      if (refusal !== undefined) said.refusal = refusal;
      if (isEnd) isEnded = true;
      if (words === "") continue;
      said.text += words;
      yield { kind: "words", text: words };
    }
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return yield failedByOutside(error, title, "pay");
  }
  if (!isEnded)
    return yield failed("unknown-outcome", `${title} broke off in the middle: what was said is billed, and nobody tells how much.`);
  const counted: Said = isCounted ? said : { ...said, costMicroUsd: uncountedMicroUsd };
  if (counted.refusal !== undefined) return yield failed("refused", counted.refusal, { billedMicroUsd: costOf(row, counted) });
  yield counted.text.trim() === "" ? emptied(row, counted) : doneBy(row, [counted]);
}

function jsonIn(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
