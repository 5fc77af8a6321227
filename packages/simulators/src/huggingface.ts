import { randomUUID } from "node:crypto";
import { type Answer, file, json, Refused, retryAfter } from "./answer.ts";
import type { Definition, Errors, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { drawing, encode, type Picture } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";

type Mapped = { provider: string; providerId: string; status: "live" | "staging" };

export type HuggingfaceOptions = ProviderOptions & {
  /** Who serves which model, in the order in which the hub tells it. Beside those that it has. */
  mapping?: Readonly<Record<string, readonly Mapped[]>>;
};

const live = (provider: string, providerId: string): Mapped => ({ provider, providerId, status: "live" });

const mapped: Readonly<Record<string, readonly Mapped[]>> = {
  "stabilityai/stable-diffusion-xl-base-1.0": [
    live("hf-inference", "stabilityai/stable-diffusion-xl-base-1.0"),
    live("nscale", "stabilityai/stable-diffusion-xl-base-1.0"),
  ],
  // Not served by hf-inference, as of late 2025.
  "black-forest-labs/FLUX.1-schnell": [
    live("together", "black-forest-labs/FLUX.1-schnell"),
    live("nscale", "black-forest-labs/FLUX.1-schnell"),
  ],
  "black-forest-labs/FLUX.1-dev": [live("together", "black-forest-labs/FLUX.1-dev")],
};

/** ⚠ Of any model. */
const microUsdPerImage = 1_000;

const errors: Errors = {
  badKey: () => json(401, { error: "Invalid credentials in Authorization header" }),
  notFound: () => json(404, { error: "Not Found" }),
  badBody: (detail) => json(400, { error: detail }),
  tooLarge: () => json(413, { error: "Payload too large" }),
  // ⚠ Whether Retry-After is sent.
  throttle: (retryAfterS) => json(429, { error: "Too Many Requests" }, retryAfter(retryAfterS)),
  serverError: () => json(500, { error: "Internal Server Error" }),
  unavailable: () => json(503, { error: "Model is currently loading", estimated_time: 20 }),
  outOfCredit: () => json(402, { error: "You have exceeded your monthly included credits for Inference Providers." }),
};

/**
 * Hugging Face Inference Providers (contracts.md §1.3), router and hub on one origin: `/api/models/{id}` tells who serves a model,
 * `/hf-inference/models/{id}` answers with raw bytes, `/together/v1/images/generations` and `/nscale/…` with base64 in JSON.
 * Its parts fal-ai and replicate are left out.
 */
export function startHuggingface(options: HuggingfaceOptions = {}): Promise<Provider> {
  return startProvider((house) => huggingface(house, options), { ...options, key: options.key ?? "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" });
}

type Asked = { provider: string; model: string; prompt: string; parameters: Readonly<Record<string, unknown>> };

function huggingface(house: House, options: HuggingfaceOptions): Definition & { controls: object } {
  const mapping = { ...mapped, ...options.mapping };
  const serves = (provider: string, model: string) =>
    Object.values(mapping).some((list) => list.some((one) => one.provider === provider && one.providerId === model));

  function draw(exchange: Exchange, { provider, model, prompt, parameters }: Asked): Picture {
    if (!serves(provider, model)) throw new Refused(json(404, { error: `Model ${model} is not supported by provider ${provider}.` }));
    const width = sideOf(parameters, "width");
    const height = sideOf(parameters, "height");
    // ⚠ No provider's words for it are documented here.
    if (exchange.does("refuse")) throw new Refused(json(400, { error: "The prompt was flagged: NSFW content." }));
    const seed = typeof parameters.seed === "number" ? parameters.seed : Math.floor(house.random() * 2 ** 31);
    const costMicroUsd = microUsdPerImage;
    exchange.accept({
      id: randomUUID(),
      model,
      prompt,
      parameters: { ...parameters, provider, width, height, seed },
      state: "succeeded",
      costMicroUsd,
    });
    return exchange.shape(encode(drawing([model, prompt, parameters.negative_prompt, seed].join("\0"), width, height)));
  }

  return {
    name: "huggingface",
    faults: [...transportFaults, ...pictureFaults, "outOfCredit", "refuse"],
    bodyBytesMax: 16 * 1024 * 1024,
    admits: ({ authorization }) => authorization === `Bearer ${house.key}`,
    errors,
    controls: {},
    routes: [
      {
        method: "GET",
        path: /^\/api\/models\/(?<owner>[^/]+)\/(?<name>[^/]+)$/,
        open: true,
        run({ params, query }) {
          const id = `${params.owner}/${params.name}`;
          const providers = mapping[id];
          if (!providers) return json(404, { error: "Repository not found" });
          // The map is one of the two forms that clients meet; the SDK reads both.
          const told = Object.fromEntries(providers.map(({ provider, ...rest }) => [provider, { ...rest, task: "text-to-image" }]));
          return json(200, {
            id,
            ...(query.getAll("expand[]").includes("inferenceProviderMapping") ? { inferenceProviderMapping: told } : {}),
          });
        },
      },
      {
        method: "POST",
        path: /^\/hf-inference\/models\/(?<owner>[^/]+)\/(?<name>[^/]+)$/,
        places: ["work", "result"],
        run(exchange) {
          const { inputs, parameters = {} } = exchange.json();
          if (typeof inputs !== "string" || inputs === "") return errors.badBody("inputs is a string");
          const model = `${exchange.params.owner}/${exchange.params.name}`;
          const asked = { provider: "hf-inference", model, prompt: inputs, parameters: parameters as Asked["parameters"] };
          return file(draw(exchange, asked));
        },
      },
      {
        method: "POST",
        path: /^\/(?<provider>together|nscale)\/v1\/images\/generations$/,
        places: ["work", "result"],
        run: (exchange) => likeTogether(exchange, draw, house),
      },
    ],
  };
}

/** Base64 in JSON, as Together and nscale have it. */
function likeTogether(exchange: Exchange, draw: (exchange: Exchange, asked: Asked) => Picture, house: House): Answer {
  const { model, prompt, response_format: format, ...parameters } = exchange.json();
  if (typeof model !== "string" || typeof prompt !== "string" || prompt === "") return errors.badBody("model and prompt are strings");
  if (format !== "base64" && format !== "b64_json") return errors.badBody("response_format is base64 here");
  const picture = draw(exchange, { provider: exchange.params.provider ?? "", model, prompt, parameters });
  return json(200, {
    id: randomUUID(),
    object: "list",
    created: Math.floor(house.now() / 1000),
    model,
    data: [{ index: 0, b64_json: picture.bytes.toString("base64") }],
  });
}

/** ⚠ The bounds. */
function sideOf(parameters: Readonly<Record<string, unknown>>, name: "width" | "height"): number {
  const side = parameters[name] ?? 1_024;
  if (!Number.isInteger(side) || Number(side) < 64 || Number(side) > 2_048) throw new Refused(errors.badBody(`${name} is 64 to 2048`));
  return Number(side);
}
