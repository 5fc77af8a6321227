import { randomUUID } from "node:crypto";
import { file, json, Refused } from "./answer.ts";
import { chatFaults, chatRoute } from "./chat.ts";
import type { Definition, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { invalid, openaiErrors, problem } from "./openai-errors.ts";
import { type Drawing, drawing, encode } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";

/** ⚠ Which models draw, and what a picture costs. */
const drawers: Readonly<Record<string, number>> = {
  "blackboxai/black-forest-labs/flux-schnell": 3_000,
  "blackboxai/black-forest-labs/flux-dev": 25_000,
  "blackboxai/black-forest-labs/flux-pro": 50_000,
  "blackboxai/black-forest-labs/flux-1.1-pro": 40_000,
  "blackboxai/stability-ai/sdxl": 4_000,
};

const promptMax = 2_000;
const picturesMax = 10_000;

/**
 * Blackbox AI (contracts.md §1.9): `/chat/completions`, where a model that draws answers with the URL of a picture as its text.
 * ⚠ The form of pictures, errors, the size (here 1024 by 1024) and how long a URL lives (here as long as the simulator) are not published.
 */
export function startBlackbox(options: ProviderOptions = {}): Promise<Provider> {
  return startProvider(blackbox, { ...options, key: options.key ?? "sk-simulatedBlackboxKey00" });
}

function blackbox(house: House): Definition & { controls: object } {
  const pictures = new Map<string, Drawing>();

  function draw(exchange: Exchange, model: string, prompt: string) {
    const costMicroUsd = drawers[model];
    if (costMicroUsd === undefined) return undefined;
    if (prompt.length > promptMax) invalid(`The prompt is at most ${promptMax} characters.`, "messages");
    if (exchange.does("refuse")) throw new Refused(problem(400, "Your prompt was flagged as unsafe.", "content_policy_violation"));
    const id = randomUUID();
    const seed = Math.floor(house.random() * 2 ** 31);
    exchange.accept({ id, model, prompt, parameters: { width: 1024, height: 1024, seed }, state: "succeeded", costMicroUsd });
    if (pictures.size >= picturesMax) pictures.delete(pictures.keys().next().value ?? "");
    pictures.set(id, drawing(`${model}\0${prompt}\0${seed}`, 1024, 1024));
    const message = { role: "assistant", content: `${house.url()}/files/${id}.png` };
    const created = Math.floor(house.now() / 1000);
    return json(200, {
      id: `gen-${id}`,
      object: "chat.completion",
      created,
      model,
      choices: [{ index: 0, message, finish_reason: "stop" }],
    });
  }

  return {
    name: "blackbox",
    faults: [...transportFaults, ...pictureFaults, ...chatFaults],
    bodyBytesMax: 16 * 1024 * 1024,
    admits: ({ authorization }) => authorization === `Bearer ${house.key}`,
    errors: {
      ...openaiErrors,
      // ⚠ As it was seen: the balance of who draws for them.
      outOfCredit: () => problem(402, "fal.ai: User is locked. Reason: Exhausted balance.", "insufficient_credits"),
    },
    controls: {},
    routes: [
      // What is in the answer is where the picture lies; the result is the picture.
      chatRoute(house, {
        places: ["work"],
        path: /^\/chat\/completions$/,
        microUsdPerToken: { in: 0.2, out: 0.8 },
        refusesIn: "content",
        instead: draw,
      }),
      {
        method: "GET",
        path: /^\/files\/(?<id>[\w-]+)\.png$/,
        open: true,
        places: ["result"],
        run(exchange) {
          const picture = pictures.get(exchange.params.id ?? "");
          return picture ? file(exchange.shape(encode(picture))) : openaiErrors.notFound();
        },
      },
    ],
  };
}
