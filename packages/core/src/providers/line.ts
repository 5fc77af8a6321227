import type * as z from "zod";
import { type OutsideAnswer, OutsideError, type OutsideRequest, type OutsideStream } from "../outside/index.ts";
import type { Failed, Failure, Fetched, Means, Output, Patience, Polled, Settings } from "./contract.ts";
import { failed, failedByOutside, failedByStatus, type Purpose, unreadable } from "./failures.ts";
import { isWhole, pictureTypeOf } from "./picture-file.ts";

/** What differs between providers when they are asked something over HTTP. */
export type Manners = {
  /** For people. */
  title: string;
  baseUrl: string;
  /** With the key. */
  headers: Readonly<Record<string, string>>;
  /** Whether the provider says that an error of its own, a 500, is not billed. */
  errorsAreFree: boolean;
  /** The provider's own words in an answer that is no success. */
  wordsOf?(answer: OutsideAnswer): string | undefined;
  /** What an answer means that says more than its status. Asked before the usual rules, also of successes. */
  failureOf?(answer: OutsideAnswer): Failure | undefined;
};

export type Heard<Value> = { kind: "heard"; value: Value; headers: Readonly<Record<string, string>>; status: number };

const patienceDefault: Patience = { submitMs: 120_000, readMs: 15_000, fileMs: 60_000 };
/** Of answers; those that carry a picture in base64 are the longest. */
const answerBytesMax = 48 * 1024 * 1024;
/** Milliseconds for a file that goes there: beside a paid call, it has to fit into a worker's lease. */
const sendMsMax = 30_000;
/** Of one file that a provider gives; what is kept of it is made smaller. */
export const fileBytesMax = 48 * 1024 * 1024;

/** How an adapter speaks with its provider. Nothing here is repeated, and whatever goes wrong becomes a `Failed`. */
export function lineTo(manners: Manners, settings: Settings, { outside, patience, now = Date.now }: Omit<Means, "models">) {
  const { title, errorsAreFree } = manners;
  const baseUrl = (settings.baseUrl ?? manners.baseUrl).replace(/\/+$/, "");
  const allow = settings.baseUrl === undefined ? [] : [settings.baseUrl];
  const { submitMs, readMs, fileMs } = { ...patienceDefault, ...patience };
  const secrets = secretsOf(settings, manners.headers);

  async function ask(purpose: Purpose, request: OutsideRequest, atMostMs?: number): Promise<OutsideAnswer | Failed> {
    const deadlineMs = purpose === "pay" ? Math.min(atMostMs ?? submitMs, submitMs) : (atMostMs ?? readMs);
    try {
      return await outside.call(
        { ...request, headers: { accept: "application/json", ...manners.headers, ...request.headers } },
        { deadlineMs, maxBytes: answerBytesMax, allow },
      );
    } catch (error) {
      if (error instanceof OutsideError) return failedByOutside(error, title, purpose);
      throw error;
    }
  }

  /** A failure that the answer tells of, by the provider's rules and then by the usual ones. */
  function wrongWith(answer: OutsideAnswer, purpose: Purpose): Failed | undefined {
    const own = manners.failureOf?.(answer);
    if (own) return { kind: "failed", failure: { ...own, detail: clean(own.detail, secrets) } };
    if (answer.status >= 200 && answer.status < 300) return undefined;
    const words = clean(manners.wordsOf?.(answer) ?? usualWordsOf(answer), secrets);
    return failedByStatus(answer, { title, purpose, errorsAreFree, words, now: now() });
  }

  async function hear<Value>(
    purpose: Purpose,
    request: OutsideRequest,
    shape: z.ZodType<Value>,
    atMostMs?: number,
  ): Promise<Heard<Value> | Failed> {
    const answer = await ask(purpose, request, atMostMs);
    if ("kind" in answer) return answer;
    const wrong = wrongWith(answer, purpose);
    if (wrong) return wrong;
    const read = shape.safeParse(jsonOf(answer));
    if (!read.success) return unreadable(title, purpose);
    return { kind: "heard", value: read.data, headers: answer.headers, status: answer.status };
  }

  const json = (path: string, body: unknown, method = "POST"): OutsideRequest => ({
    method,
    url: baseUrl + path,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

  return {
    baseUrl,
    allow,
    submitMs,
    readMs,
    answerBytesMax,
    wrongWith,
    /** A POST of JSON that costs money. One, whatever comes of it. */
    pay: <Value>(path: string, body: unknown, shape: z.ZodType<Value>, atMostMs?: number) => hear("pay", json(path, body), shape, atMostMs),
    /** A paid request of any form; the answer as it is, once it is a success. */
    async payRaw(path: string, request: Omit<OutsideRequest, "url">): Promise<OutsideAnswer | Failed> {
      const answer = await ask("pay", { method: "POST", ...request, url: baseUrl + path });
      return "kind" in answer ? answer : (wrongWith(answer, "pay") ?? answer);
    },
    /** A POST of JSON that costs money, with its answer as it comes, once that is a success. */
    async payStream(path: string, body: unknown, atMostMs = submitMs): Promise<OutsideStream | Failed> {
      try {
        const request = json(path, body);
        const headers = { ...manners.headers, ...request.headers, accept: "text/event-stream" };
        const limits = { deadlineMs: Math.min(atMostMs, submitMs), maxBytes: answerBytesMax, allow };
        const stream = await outside.stream({ ...request, url: baseUrl + path, headers }, limits);
        if (stream.status >= 200 && stream.status < 300) return stream;
        const chunks: Buffer[] = [];
        for await (const chunk of stream.chunks) chunks.push(chunk);
        const answer = { ...stream, body: Buffer.concat(chunks) };
        return wrongWith(answer, "pay") ?? unreadable(title, "pay");
      } catch (error) {
        if (error instanceof OutsideError) return failedByOutside(error, title, "pay");
        throw error;
      }
    },
    /** A question. */
    read: <Value>(path: string, shape: z.ZodType<Value>) => hear("read", { url: baseUrl + path }, shape),
    /** A POST of some bytes that costs nothing, such as a file that is to be used. */
    send: <Value>(path: string, contentType: string, body: Buffer, shape: z.ZodType<Value>) =>
      hear(
        "read",
        { method: "POST", url: baseUrl + path, headers: { "content-type": contentType }, body },
        shape,
        Math.min(fileMs, sendMsMax),
      ),
    /** A POST that costs nothing, such as to cancel. */
    async tell(path: string, body: unknown): Promise<{ kind: "asked" } | Failed> {
      const answer = await ask("read", json(path, body));
      return "kind" in answer ? answer : (wrongWith(answer, "read") ?? { kind: "asked" });
    },
    /** The file of an output. The key goes along only to the provider's own origin, or where `keyFor` says so. */
    async fetchOutput(output: Output, keyFor: (url: URL) => boolean = () => false): Promise<Fetched> {
      if (output.kind === "bytes") return checked(output.bytes, title, "fall-back");
      const url = URL.parse(output.url);
      if (!url) return failed("fall-back", `${title} gave no URL for the picture.`);
      const own = url.origin === new URL(baseUrl).origin || keyFor(url);
      try {
        const answer = await outside.call(
          { url, headers: own ? manners.headers : {} },
          { deadlineMs: fileMs, maxBytes: fileBytesMax, allow, redirects: 2 },
        );
        if (answer.status === 200) return checked(answer.body, title, "retry");
        const gone = answer.status === 404 || answer.status === 410 || answer.status === 403;
        return gone
          ? failed("fall-back", `The picture is no longer at ${title} (${answer.status}).`)
          : failedByStatus(answer, { title, purpose: "read", errorsAreFree, words: "", now: now() });
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
        if (error.kind === "too-large") return failed("fall-back", `${title}: ${error.message} It is not taken.`);
        return failedByOutside(error, title, "read");
      }
    },
    clean: (words: string) => clean(words, secrets),
  };
}

export type Line = ReturnType<typeof lineTo>;

/** A file is taken by what it is. `broken` says what is to be done about one that was cut off: a URL can be asked again. */
function checked(bytes: Buffer, title: string, broken: "retry" | "fall-back"): Fetched {
  const mimeType = pictureTypeOf(bytes);
  if (!mimeType) return failed("fall-back", `What ${title} sent is not a PNG, JPEG or WebP.`);
  if (!isWhole(bytes, mimeType))
    return failed(broken, `The picture that ${title} sent is cut off.`, broken === "retry" ? { retryAfterMs: 1_000 } : {});
  return { kind: "file", bytes, mimeType };
}

/** A question about work under way that brought no answer says nothing of the work. */
export const unanswered = ({ failure }: Failed, pollAfterMs: number): Polled => ({
  kind: "unanswered",
  failure,
  pollAfterMs: Math.max(pollAfterMs, failure.retryAfterMs ?? 0),
});

/** The body as JSON: null where it is empty, undefined where it is something else. */
export function jsonOf({ body }: Pick<OutsideAnswer, "body">): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Where most providers put what they have to say. */
function usualWordsOf(answer: OutsideAnswer): string {
  const body = jsonOf(answer) as Record<string, unknown> | undefined | null;
  const inner = (body?.error ?? {}) as Record<string, unknown>;
  const said = [inner.message, body?.detail, body?.message, body?.error, body?.errors].find(
    (one) => one !== undefined && one !== "" && one !== inner,
  );
  return typeof said === "string" ? said : said === undefined ? "" : JSON.stringify(said);
}

const wordsMax = 300;

/** Short, on one line, and without any key that a provider might repeat. */
function clean(words: string, secrets: readonly string[]): string {
  const plain = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), words);
  return plain
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, wordsMax);
}

function secretsOf({ key, webhookSecret }: Settings, headers: Readonly<Record<string, string>>): string[] {
  const parts = Object.values(headers).flatMap((value) => value.split(" "));
  return [key ?? "", webhookSecret ?? "", ...parts].filter((secret) => secret.length >= 8);
}
