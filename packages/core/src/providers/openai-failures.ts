import type { OutsideAnswer } from "../outside/index.ts";
import type { Failure } from "./contract.ts";
import { jsonOf } from "./line.ts";

type Told = { error?: { message?: unknown; code?: unknown; type?: unknown } };

/** What errors of OpenAI's form say beyond their status (contracts.md §1.5). ⚠ The codes of refusals. */
export function openaiFailureOf(title: string) {
  return (answer: OutsideAnswer): Failure | undefined => {
    if (answer.status < 400) return undefined;
    const { error } = (jsonOf(answer) ?? {}) as Told;
    const words = typeof error?.message === "string" ? error.message : "";
    const codes = [error?.code, error?.type].map(String);
    if (codes.some((code) => /moderation_blocked|content_policy|content_filter/.test(code)))
      return { class: "refused", detail: `${title} refuses the content: “${words}” Change the prompt.` };
    // A 429 that no waiting mends.
    if (codes.includes("insufficient_quota"))
      return {
        class: "out-of-credit",
        detail: `The account at ${title} has used up its quota. Add credit or raise its limit. It says: “${words}”`,
      };
    return undefined;
  };
}
