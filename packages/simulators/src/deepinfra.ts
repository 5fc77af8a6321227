import { chatFaults, chatRoute } from "./chat.ts";
import type { Provider, ProviderOptions } from "./contract.ts";
import { transportFaults } from "./faults.ts";
import { openaiErrors } from "./openai-errors.ts";
import { startProvider } from "./provider.ts";

/** DeepInfra (contracts.md §1.10): `/v1/openai/chat/completions`. ⚠ `usage.estimated_cost`, in dollars; a 429 has no Retry-After. */
export function startDeepinfra(options: ProviderOptions = {}): Promise<Provider> {
  return startProvider(
    (house) => ({
      name: "deepinfra",
      faults: [...transportFaults, ...chatFaults],
      bodyBytesMax: 16 * 1024 * 1024,
      admits: ({ authorization }) => authorization === `Bearer ${house.key}`,
      errors: { ...openaiErrors, throttle: () => openaiErrors.throttle(undefined) },
      controls: {},
      routes: [
        chatRoute(house, {
          path: /^\/v1\/openai\/chat\/completions$/,
          microUsdPerToken: { in: 0.06, out: 0.12 },
          refusesIn: "content",
          usage: (costMicroUsd) => ({ estimated_cost: costMicroUsd / 1_000_000 }),
        }),
      ],
    }),
    { ...options, key: options.key ?? "simulatedDeepinfraKey0000000000" },
  );
}
