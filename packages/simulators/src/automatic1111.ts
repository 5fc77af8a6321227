import { randomUUID } from "node:crypto";
import { type Answer, json, Refused, retryAfter } from "./answer.ts";
import type { Definition, Errors, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { drawing, encode } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";

const failed = (status: number, error: string, words: string) => json(status, { error, detail: "", body: "", errors: words });

const errors: Errors = {
  badKey: () => json(401, { detail: "Not authenticated" }, { "www-authenticate": "Basic" }),
  notFound: () => json(404, { detail: "Not Found" }),
  badBody: (detail) => unprocessable([["body", detail]]),
  tooLarge: () => json(413, { detail: "Payload Too Large" }),
  // It has no limits of its own: a proxy in front of it has.
  throttle: (retryAfterS) => json(429, { detail: "Too Many Requests" }, retryAfter(retryAfterS)),
  serverError: () => failed(500, "RuntimeError", "Internal Server Error"),
  unavailable: () => json(503, { detail: "Service Unavailable" }),
};

function unprocessable(wrong: readonly (readonly [field: string, message: string])[]): Answer {
  return json(422, { detail: wrong.map(([field, msg]) => ({ loc: ["body", field], msg, type: "value_error" })) });
}

/** Sides, steps and counts that are let pass. ⚠ The real one takes what memory holds. */
const bounds = {
  width: [64, 2_048, 512],
  height: [64, 2_048, 512],
  steps: [1, 150, 50],
  batch_size: [1, 8, 1],
  n_iter: [1, 8, 1],
  cfg_scale: [0, 30, 7],
  seed: [-1, 2 ** 53, -1],
} as const;

type Running = { words: string; started: number; interrupted: boolean; finish(): void };

/**
 * AUTOMATIC1111's web UI with `--api` (contracts.md §1.7, ⚠ the whole of it from knowledge of the project): `txt2img`, one long call;
 * `progress`, `interrupt`, `sd-models`. Its key is `user:password`, asked for as Basic auth.
 *
 * A held simulator leaves txt2img waiting until `step()`; `fail` is a 500 that tells of memory; what is drawn costs nothing.
 */
export function startAutomatic1111(options: ProviderOptions = {}): Promise<Provider> {
  return startProvider(automatic1111, { ...options, key: options.key ?? "simulated:password" });
}

function automatic1111(house: House): Definition & { controls: object } {
  const running = new Set<Running>();

  async function draw(exchange: Exchange): Promise<Answer> {
    const body = exchange.json();
    const { prompt = "", negative_prompt: negative = "" } = body;
    const field = fieldsOf(body);
    if (typeof prompt !== "string" || typeof negative !== "string") return unprocessable([["prompt", "str type expected"]]);
    const [width, height, steps, cfg] = [field("width"), field("height"), field("steps"), field("cfg_scale")];
    const first = field("seed") === -1 ? Math.floor(house.random() * 2 ** 32) : field("seed");
    const seeds = Array.from({ length: field("batch_size") * field("n_iter") }, (_, index) => first + index);
    const parameters = { negative, width, height, steps, cfg, seed: first, count: seeds.length };
    const booked = exchange.accept({ id: randomUUID(), model: "automatic1111", prompt, parameters, costMicroUsd: 0 });
    const { interrupted } = await worked(prompt, exchange.does("stuck"));
    if (exchange.does("fail")) {
      booked.state = "failed";
      return failed(500, "OutOfMemoryError", "CUDA out of memory.");
    }
    booked.state = interrupted ? "canceled" : "succeeded";
    const words = [prompt, negative, steps, cfg].join("\0");
    // ⚠ An interrupted run gives what it has, under the same status.
    const images = seeds.map((seed) => exchange.shape(encode(drawing(`${words}\0${seed}`, width, height))).bytes.toString("base64"));
    const info = { prompt, negative_prompt: negative, seed: first, all_seeds: seeds, width, height, steps, cfg_scale: cfg };
    return json(200, { images, parameters: body, info: JSON.stringify(info) });
  }

  /** Resolves when the job's one step was done, or somebody interrupted. */
  function worked(words: string, stuck: boolean): Promise<Running> {
    return new Promise((resolve) => {
      const run: Running = {
        words,
        started: house.now(),
        interrupted: false,
        finish() {
          running.delete(run);
          resolve(run);
        },
      };
      running.add(run);
      house.jobs.start(() => {
        if (!stuck) run.finish();
        return false;
      });
    });
  }

  return {
    name: "automatic1111",
    faults: [...transportFaults, ...pictureFaults, "fail", "stuck"],
    bodyBytesMax: 32 * 1024 * 1024,
    admits: ({ authorization }) => authorization === `Basic ${Buffer.from(house.key).toString("base64")}`,
    errors,
    controls: {},
    routes: [
      { method: "POST", path: /^\/sdapi\/v1\/txt2img$/, places: ["work", "result"], run: draw },
      {
        method: "GET",
        path: /^\/sdapi\/v1\/progress$/,
        run() {
          const [run] = running;
          const state = {
            job: run?.words ?? "",
            job_count: running.size,
            interrupted: false,
            sampling_step: run ? 10 : 0,
            sampling_steps: 20,
          };
          return json(200, { progress: run ? 0.5 : 0, eta_relative: run ? 1 : 0, state, current_image: null });
        },
      },
      {
        method: "POST",
        path: /^\/sdapi\/v1\/interrupt$/,
        run() {
          for (const run of running) {
            run.interrupted = true;
            run.finish();
          }
          return json(200, {});
        },
      },
      {
        method: "GET",
        path: /^\/sdapi\/v1\/sd-models$/,
        run: () => json(200, [{ title: "simulated.safetensors [0123456789]", model_name: "simulated", filename: "simulated.safetensors" }]),
      },
    ],
  };
}

/** Numbers of the body, within their bounds. @throws Refused with all that is wrong. */
function fieldsOf(body: Readonly<Record<string, unknown>>): (name: keyof typeof bounds) => number {
  const wrong = Object.entries(bounds).flatMap(([name, [min, max]]) => {
    const value = body[name];
    if (value === undefined) return [];
    const isWhole = name === "cfg_scale" ? typeof value === "number" : Number.isInteger(value);
    return isWhole && Number(value) >= min && Number(value) <= max ? [] : [[name, `ensure this value is ${min} to ${max}`] as const];
  });
  if (wrong.length > 0) throw new Refused(unprocessable(wrong));
  return (name) => Number(body[name] ?? bounds[name][2]);
}
