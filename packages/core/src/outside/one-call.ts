import type { Outside, OutsideAnswer, OutsideLimits } from "./outside.ts";
import { OutsideError } from "./outside-error.ts";

export type OneCall = {
  fetch: typeof globalThis.fetch;
  /** What truly came of it; undefined as long as nothing was asked. */
  outcome(): OutsideAnswer | OutsideError | undefined;
};

/**
 * A `fetch` for an SDK that repeats calls by itself. It lets one request through and no second. Whatever goes wrong reaches the SDK as a
 * 400, which none repeats; what truly came is told by `outcome`.
 */
export function oneCall(outside: Outside, limits: OutsideLimits): OneCall {
  let asked = false;
  let outcome: OutsideAnswer | OutsideError | undefined;
  const failure = () => new Response("{}", { status: 400, headers: { "content-type": "application/json" } });

  return {
    outcome: () => outcome,
    async fetch(input, init = {}) {
      if (asked) return failure();
      asked = true;
      const { body } = init;
      const url = input instanceof Request ? input.url : input;
      const method = init.method ?? (input instanceof Request ? input.method : "GET");
      if (body !== undefined && body !== null && typeof body !== "string") throw new TypeError("Only text is sent.");
      const headers = Object.fromEntries(new Headers(init.headers).entries());
      try {
        const answer = await outside.call({ method, url, headers, ...(typeof body === "string" && { body }) }, limits);
        outcome = answer;
        const isGood = answer.status >= 200 && answer.status < 300;
        return isGood ? new Response(new Uint8Array(answer.body), { status: answer.status, headers: readable(answer) }) : failure();
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
        outcome = error;
        return failure();
      }
    },
  };
}

/** Its body was unpacked, so it is no longer as long or as packed as its headers say. */
function readable({ headers }: OutsideAnswer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !["content-encoding", "content-length", "transfer-encoding"].includes(name)),
  );
}
