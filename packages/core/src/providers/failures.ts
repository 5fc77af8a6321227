import type { OutsideAnswer, OutsideError } from "../outside/index.ts";
import type { Failed, Failure, FailureClass } from "./contract.ts";

export const failed = (which: FailureClass, detail: string, more: Omit<Failure, "class" | "detail"> = {}): Failed => ({
  kind: "failed",
  failure: { class: which, detail, ...more },
});

/** Nobody is believed who says to wait longer. */
const retryAfterMsMax = 15 * 60_000;
const retryAfterMsDefault = 10_000;

/** Retry-After in seconds or as a date, in milliseconds; 10 s where it is absent, 15 min at most. */
export function retryAfterMsOf(header: string | undefined, now: number): number {
  const seconds = Number(header);
  const ms =
    header === undefined || header.trim() === "" ? Number.NaN : Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return cappedMs(Number.isNaN(ms) ? retryAfterMsDefault : ms);
}

export const cappedMs = (ms: number): number => Math.min(retryAfterMsMax, Math.max(0, Math.round(ms)));

/** Whether a request costs money, or only asks. */
export type Purpose = "pay" | "read";

type Said = {
  /** The provider's, for people. */
  title: string;
  purpose: Purpose;
  /** The provider says that its own errors cost nothing. */
  errorsAreFree: boolean;
  /** Its words, without any key. */
  words: string;
  now: number;
};

/** What a status means that is no success, where the provider has nothing of its own to say about it. */
export function failedByStatus({ status, headers }: Pick<OutsideAnswer, "status" | "headers">, said: Said): Failed {
  const { title, words, purpose, errorsAreFree, now } = said;
  const quoted = words === "" ? "" : ` It says: “${words}”`;
  if (status === 401 || status === 403)
    return failed("reauthorise", `${title} does not accept the key, or does not allow this with it (${status}). Check the key.${quoted}`);
  if (status === 402) return failed("out-of-credit", `The account at ${title} has no credit left. Add some.${quoted}`);
  if (status === 429)
    return failed("retry", `${title} takes no more for now. Wait and ask again.${quoted}`, {
      retryAfterMs: retryAfterMsOf(headers["retry-after"], now),
    });
  if (status < 400) return unreadable(title, purpose, `answered with ${status}`);
  if (status < 500 && status !== 408)
    return failed("bad-request", `${title} cannot do what was asked (${status}). Change the request.${quoted}`);
  if (purpose === "read")
    return failed("retry", `${title} answers with ${status}. Ask again later.${quoted}`, { retryAfterMs: retryAfterMsDefault });
  if (status === 503) return failed("fall-back", `${title} is out of order (503) and has taken nothing. Use another for now.${quoted}`);
  // 502 and 504 are a gateway's words: behind it the work may have been done.
  if (errorsAreFree && status !== 502 && status !== 504)
    return failed("fall-back", `${title} has failed (${status}), which is not billed. Use another for now.${quoted}`);
  return failed("unknown-outcome", `${title} answered with ${status}: it may have been begun, and billed.${quoted}`);
}

/** An answer that is no answer of the provider's: a page of a proxy, half a document. */
export const unreadable = (title: string, purpose: Purpose, what = "gave an answer that cannot be read"): Failed =>
  purpose === "pay"
    ? failed("unknown-outcome", `${title} ${what}: it may have been begun, and billed.`)
    : failed("retry", `${title} ${what}. Ask again later.`, { retryAfterMs: retryAfterMsDefault });

/** What a call that brought no answer means. */
export function failedByOutside(error: OutsideError, title: string, purpose: Purpose): Failed {
  const { kind, sent, message } = error;
  if (kind === "bad-request") return failed("reauthorise", `The settings of ${title} cannot be used: ${message}`);
  if (kind === "refused-address" && !sent)
    return failed("bad-request", `${message} If it is meant, set it as the base URL of ${title} in the configuration.`);
  if (purpose === "read") return failed("retry", `${title}: ${message} Ask again later.`, { retryAfterMs: retryAfterMsDefault });
  return sent
    ? failed("unknown-outcome", `${title}: ${message} It may have been begun, and billed.`)
    : failed("fall-back", `${title}: ${message} Nothing was sent. Use another for now.`);
}
