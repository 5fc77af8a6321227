import { chatFaults, chatRoute } from "./chat.ts";
import type { Provider, ProviderOptions } from "./contract.ts";
import { transportFaults } from "./faults.ts";
import { openaiErrors } from "./openai-errors.ts";
import { startProvider } from "./provider.ts";

/** Of requests: for a day. */
const requestsADay = 14_400;

/**
 * Groq (contracts.md §1.10): `/openai/v1/chat/completions`, with its rate headers. ⚠ The numbers in them are stand-ins; 498 (flex capacity)
 * is not played.
 */
export function startGroq(options: ProviderOptions = {}): Promise<Provider> {
  let asked = 0;
  const headers = () => {
    asked += 1;
    return {
      "x-ratelimit-limit-requests": `${requestsADay}`,
      "x-ratelimit-remaining-requests": `${Math.max(0, requestsADay - asked)}`,
      "x-ratelimit-reset-requests": "2m59.56s",
      "x-ratelimit-limit-tokens": "18000",
      "x-ratelimit-remaining-tokens": "17997",
      "x-ratelimit-reset-tokens": "7.66s",
    };
  };
  return startProvider(
    (house) => ({
      name: "groq",
      faults: [...transportFaults, ...chatFaults],
      bodyBytesMax: 16 * 1024 * 1024,
      admits: ({ authorization }) => authorization === `Bearer ${house.key}`,
      errors: openaiErrors,
      controls: {},
      routes: [
        chatRoute(house, {
          path: /^\/openai\/v1\/chat\/completions$/,
          microUsdPerToken: { in: 0.59, out: 0.79 },
          refusesIn: "content",
          headers,
        }),
      ],
    }),
    { ...options, key: options.key ?? "gsk_simulatedSimulatedSimulatedSimulated" },
  );
}
