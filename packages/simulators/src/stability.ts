import { randomBytes, randomUUID } from "node:crypto";
import { type Answer, json, Refused, file as sendFile } from "./answer.ts";
import type { Definition, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import type { Prediction } from "./ledger.ts";
import { limiter } from "./limiter.ts";
import { blurred, drawing, encode, sidesOf } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";
import { acceptOf, errors, generateFields, problem, type Reading, readingOf, type Wants } from "./stability-requests.ts";

/** Credits cost a cent each. ⚠ Prices are those of 2025. */
const microUsdPerCredit = 10_000;

export type StabilityOptions = ProviderOptions & {
  /** 150 by default. */
  requestsPerTenSeconds?: number;
};

type Operation = Wants & {
  /** Behind `/v2beta/stable-image/`. */
  path: string;
  credits: number | ((reading: Reading) => number);
  sides(reading: Reading): { width: number; height: number };
  cutOut?: boolean;
};

const anyFormat = ["png", "jpeg", "webp"] as const;
const creditsOfSd3: Readonly<Record<string, number>> = { "sd3.5-large": 6.5, "sd3.5-large-turbo": 4, "sd3.5-medium": 3.5 };
const drawn = (pixels: number) => (reading: Reading) => sidesOf(reading.field("aspect_ratio") ?? "1:1", pixels);
const same = ({ image }: Reading) => ({ width: image?.width ?? 64, height: image?.height ?? 64 });
/** Enlarged to about four megapixels. ⚠ The exact size of an upscaled picture is not documented here. */
const fourMegapixels = ({ image }: Reading) => sidesOf(`${image?.width ?? 1}:${image?.height ?? 1}`, 4_194_304);

const operations: readonly Operation[] = [
  {
    path: "generate/core",
    prompt: true,
    image: "none",
    formats: anyFormat,
    fields: generateFields,
    credits: 3,
    sides: drawn(1_500_000),
  },
  {
    path: "generate/ultra",
    prompt: true,
    image: "optional",
    formats: anyFormat,
    fields: { aspect_ratio: generateFields.aspect_ratio, strength: [0, 1] },
    credits: 8,
    sides: drawn(1_048_576),
  },
  {
    path: "generate/sd3",
    prompt: true,
    image: "optional",
    formats: ["png", "jpeg"],
    fields: {
      aspect_ratio: generateFields.aspect_ratio,
      mode: ["text-to-image", "image-to-image"],
      // ⚠ Newer values exist.
      model: Object.keys(creditsOfSd3),
      strength: [0, 1],
      // ⚠ The bounds.
      cfg_scale: [1, 10],
    },
    credits: (reading) => creditsOfSd3[reading.field("model") ?? "sd3.5-large"] ?? 0,
    sides: (reading) => (reading.image ? same(reading) : drawn(1_048_576)(reading)),
  },
  {
    path: "edit/remove-background",
    prompt: false,
    image: "required",
    formats: ["png", "webp"],
    pixelsMax: 4_194_304,
    fields: {},
    credits: 2,
    sides: same,
    cutOut: true,
  },
  {
    path: "edit/inpaint",
    prompt: true,
    image: "required",
    formats: anyFormat,
    fields: { grow_mask: [0, 100] },
    credits: 3,
    sides: same,
  },
  {
    path: "upscale/fast",
    prompt: false,
    image: "required",
    formats: anyFormat,
    // ⚠ Its own limits and price; four times each side.
    sideMin: 32,
    pixelsMin: 1_024,
    pixelsMax: 1_048_576,
    fields: {},
    credits: 2,
    sides: (reading) => ({ width: same(reading).width * 4, height: same(reading).height * 4 }),
  },
  {
    path: "upscale/conservative",
    prompt: true,
    image: "required",
    formats: anyFormat,
    ratioMax: 2.5,
    fields: { creativity: [0.2, 0.5] },
    credits: 25,
    sides: fourMegapixels,
  },
];

const creative: Operation = {
  path: "upscale/creative",
  prompt: true,
  image: "required",
  formats: anyFormat,
  pixelsMax: 1_048_576,
  fields: { creativity: [0.1, 0.5] },
  credits: 25,
  sides: fourMegapixels,
};

type Piece = { operation: Operation; reading: Reading; seed: number; filtered: boolean; booked: Prediction };

/** Work that goes on after it was answered. */
type Later = Piece & { status: "in-progress" | "done" | "failed"; doneAt?: number };

const dayMs = 86_400_000;
const laterMax = 10_000;

/**
 * Stability AI, v2beta (contracts.md §1.2): generate core, ultra and sd3; edit remove-background and inpaint; upscale fast, conservative
 * and, with a result to fetch, creative. More than 150 requests in 10 s of its clock block all for 60 s.
 *
 * `refuse` is the 200 with a blurred picture and CONTENT_FILTERED; `refuseOtherwise` the 403 that a prompt gets.
 */
export function startStability(options: StabilityOptions = {}): Promise<Provider> {
  return startProvider((house) => stability(house, options), {
    ...options,
    key: options.key ?? "sk-simulatedSimulatedSimulatedSimulatedSimulatedSim",
  });
}

function stability(house: House, { requestsPerTenSeconds = 150 }: StabilityOptions): Definition & { controls: object } {
  const requests = limiter({ max: requestsPerTenSeconds, windowMs: 10_000, blockMs: 60_000, now: house.now });
  const later = new Map<string, Later>();

  async function take(exchange: Exchange, operation: Operation, id: string): Promise<Piece> {
    const reading = await readingOf(exchange, operation);
    sourceRules(operation, reading);
    if (exchange.does("refuseOtherwise"))
      throw new Refused(
        problem(
          403,
          "content_moderation",
          "Your request was flagged by our content moderation system, as a result your request was denied.",
        ),
      );
    const seed = reading.seed === 0 ? 1 + Math.floor(house.random() * 4_294_967_293) : reading.seed;
    const filtered = exchange.does("refuse");
    const credits = typeof operation.credits === "number" ? operation.credits : operation.credits(reading);
    const { width, height } = operation.sides(reading);
    const booked = exchange.accept({
      id,
      model: operation.path,
      prompt: reading.prompt,
      parameters: { negativePrompt: reading.negativePrompt, seed, format: reading.format, width, height, model: reading.field("model") },
      state: filtered ? "refused" : "succeeded",
      // ⚠ Failures are free; that a filtered picture counts as one is our reading.
      costMicroUsd: filtered ? 0 : credits * microUsdPerCredit,
    });
    return { operation, reading, seed, filtered, booked };
  }

  /** How one operation, or its result, is answered. */
  function picture(exchange: Exchange, { operation, reading, seed, filtered, booked }: Piece): Answer {
    const { width, height } = operation.sides(reading);
    const words = [operation.path, reading.prompt, reading.negativePrompt, reading.imageBytes, seed].join("\0");
    const whole = filtered ? blurred(width, height) : drawing(words, width, height, operation.cutOut);
    const sent = exchange.shape(encode(whole, reading.format));
    const reason = filtered ? "CONTENT_FILTERED" : "SUCCESS";
    if (acceptOf(exchange) === "json")
      return json(
        200,
        { image: sent.bytes.toString("base64"), finish_reason: reason, seed },
        { "content-type": `application/json; type=${sent.type}`, "x-request-id": booked.id },
      );
    return sendFile(sent, { "x-request-id": booked.id, "finish-reason": reason, seed: `${seed}` });
  }

  function goOn(work: Later, stuck: boolean, fails: boolean): boolean {
    if (stuck) return false;
    work.status = fails ? "failed" : "done";
    work.doneAt = house.now();
    work.booked.state = fails ? "failed" : work.filtered ? "refused" : "succeeded";
    if (fails) work.booked.costMicroUsd = 0;
    return false;
  }

  function result(exchange: Exchange): Answer {
    const id = exchange.params.id ?? "";
    const work = later.get(id);
    if (!work || (work.doneAt !== undefined && house.now() >= work.doneAt + dayMs)) return errors.notFound();
    if (work.status === "in-progress") return json(202, { id, status: "in-progress" });
    // ⚠ How a failed upscale is told is not documented: as a server error of its own.
    return work.status === "failed" ? errors.serverError() : picture(exchange, work);
  }

  return {
    name: "stability",
    faults: [...transportFaults, ...pictureFaults, "outOfCredit", "refuse", "refuseOtherwise", "fail", "stuck"],
    bodyBytesMax: 10 * 1024 * 1024,
    admits: ({ authorization }) => authorization === `Bearer ${house.key}`,
    errors,
    limit: () => (requests.take() === undefined ? undefined : errors.throttle(undefined)),
    controls: {},
    routes: [
      ...operations.map((operation) => ({
        method: "POST",
        path: new RegExp(`^/v2beta/stable-image/${operation.path}$`),
        places: ["work", "result"] as const,
        async run(exchange: Exchange) {
          acceptOf(exchange);
          return picture(exchange, await take(exchange, operation, randomUUID()));
        },
      })),
      {
        method: "POST",
        path: /^\/v2beta\/stable-image\/upscale\/creative$/,
        places: ["work"],
        async run(exchange) {
          const id = randomBytes(32).toString("hex");
          const piece = await take(exchange, creative, id);
          const [stuck, fails] = [exchange.does("stuck"), exchange.does("fail")];
          piece.booked.state = "running";
          const work: Later = { ...piece, status: "in-progress" };
          if (later.size >= laterMax) later.delete(later.keys().next().value ?? "");
          later.set(id, work);
          house.jobs.start(() => goOn(work, stuck, fails));
          return json(200, { id });
        },
      },
      { method: "GET", path: /^\/v2beta\/stable-image\/upscale\/creative\/result\/(?<id>\w+)$/, places: ["result"], run: result },
      { method: "GET", path: /^\/v2beta\/results\/(?<id>\w+)$/, places: ["result"], run: result },
    ],
  };
}

/** What depends on whether a picture came along. ⚠ The exact words. */
function sourceRules({ path }: Operation, { image, field }: Reading): void {
  const wrong: string[] = [];
  const wantsImage = path === "generate/sd3" && field("mode") === "image-to-image";
  if (wantsImage && !image) wrong.push("image: required for image-to-image");
  if ((wantsImage || (path === "generate/ultra" && image)) && field("strength") === undefined)
    wrong.push("strength: required with an image");
  if (path === "generate/sd3" && image && !wantsImage) wrong.push("mode: must be image-to-image with an image");
  if (wrong.length > 0) throw new Refused(problem(400, "bad_request", ...wrong));
}
