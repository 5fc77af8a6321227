import { json } from "./answer.ts";
import { chatFaults, chatRoute } from "./chat.ts";
import type { Provider, ProviderOptions } from "./contract.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { openaiErrors } from "./openai-errors.ts";
import { imageRoutes } from "./openai-images.ts";
import { startProvider } from "./provider.ts";

/**
 * OpenAI (contracts.md §1.5, §1.10): `/v1/images/generations`, `/v1/images/edits`, `/v1/chat/completions`, `/v1/models`.
 *
 * `refuse` is a 400 `moderation_blocked` for pictures and a `refusal` for text; `refuseOtherwise` is the finish reason `content_filter`,
 * of text alone.
 */
export function startOpenai(options: ProviderOptions = {}): Promise<Provider> {
  return startProvider(
    (house) => ({
      name: "openai",
      faults: [...transportFaults, ...pictureFaults, ...chatFaults],
      bodyBytesMax: 64 * 1024 * 1024,
      admits: ({ authorization }) => authorization === `Bearer ${house.key}`,
      errors: openaiErrors,
      controls: {},
      routes: [
        ...imageRoutes(house),
        chatRoute(house, {
          path: /^\/v1\/chat\/completions$/,
          microUsdPerToken: { in: 0.25, out: 2 },
          refusesIn: "refusal",
          thinks: /^gpt-5/,
          sees: /^gpt-5/,
        }),
        {
          method: "GET",
          path: /^\/v1\/models$/,
          run: () =>
            json(200, { object: "list", data: ["gpt-image-2", "gpt-5-mini"].map((id) => ({ id, object: "model", owned_by: "openai" })) }),
        },
      ],
    }),
    { ...options, key: options.key ?? "sk-proj-simulatedSimulatedSimulated" },
  );
}
