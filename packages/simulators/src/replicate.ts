import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { json, Refused, file as sendFile } from "./answer.ts";
import { type Callbacks, callbacks, type Delivery } from "./callbacks.ts";
import type { Definition, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange, Form } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { limiter } from "./limiter.ts";
import { type Measure, measure } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";
import { completed, findings, type ReplicateModel, replicateModels } from "./replicate-models.ts";
import {
  type Asked,
  type Fate,
  fileOf,
  isFinal,
  type Predictions,
  predictionsOf,
  type Run,
  told,
  type WebhookEvent,
} from "./replicate-predictions.ts";
import { deadlineOf, errors, eventsOf, invalid, list, problem, requestOf, waitSecondsOf } from "./replicate-requests.ts";

export type ReplicateOptions = ProviderOptions & {
  /** Beside those that it has. */
  models?: Readonly<Record<string, ReplicateModel>>;
  /** 600 by default; accounts low on credit are held to fewer, such as 6. */
  createsPerMinute?: number;
  /** When a webhook that was not taken is sent again. ⚠ Replicate says "a few times". Default after 0.5, 2 and 8 s. */
  webhookRetryMs?: readonly number[];
};

/** What Replicate has beside the other providers. */
export type ReplicateControls = {
  webhooks: {
    /** `whsec_…`, as `GET /v1/webhooks/default/secret` tells it. */
    readonly secret: string;
    deliveries(): Delivery[];
    /** Sends one again: same id and body, signed now. */
    resend(id: string): Promise<void>;
  };
};

const dayMs = 86_400_000;
const imageBytesMax = 32 * 1024 * 1024;
const uploadsMax = 100;

/**
 * Replicate (contracts.md §1.1): `/v1/models/{owner}/{name}/predictions`, `/v1/predictions`, their reading, cancelling and listing,
 * `/v1/files`, `/v1/webhooks/default/secret`, and the files of outputs under `/files`, for which the key is asked too.
 * Deployments, streams and trainings are left out.
 */
export function startReplicate(options: ReplicateOptions = {}): Promise<Provider & ReplicateControls> {
  return startProvider((house) => replicate(house, options), {
    ...options,
    key: options.key ?? "r8_simulatedSimulatedSimulatedSimulated0",
  });
}

function replicate(house: House, options: ReplicateOptions): Definition & { controls: ReplicateControls } {
  const models = { ...replicateModels, ...options.models };
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const hooks = webhooksOf(house, secret, options.webhookRetryMs ?? [500, 2_000, 8_000]);
  const predictions: Predictions = predictionsOf(house, (run, event) => tell(house, hooks, run, event));
  const uploads = new Map<string, Upload>();
  const creates = limiter({ max: options.createsPerMinute ?? 600, windowMs: 60_000, now: house.now });
  const others = limiter({ max: 3_000, windowMs: 60_000, now: house.now });
  const tellOf = (run: Run) => told(run, house.url(), predictions.isRemoved(run));
  const found = (id: string | undefined): Run => predictions.find(id) ?? refuse(errors.notFound());

  /** The picture behind a data URL, an upload of ours, or another URL on loopback. */
  async function pictureAt(url: unknown): Promise<Measure | undefined> {
    if (typeof url !== "string") return undefined;
    const data = /^data:[\w/+.-]+;base64,(?<base64>.*)$/s.exec(url)?.groups?.base64;
    if (data !== undefined) return measure(Buffer.from(data, "base64"));
    const upload = uploads.get(url.split("/").at(-1) ?? "");
    if (upload) return measure(upload.bytes);
    if (!/^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url)) return undefined;
    const response = await fetch(url, { signal: AbortSignal.any([house.closing, AbortSignal.timeout(10_000)]) }).catch(() => undefined);
    const length = Number(response?.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
    if (!response?.ok || length > imageBytesMax) return undefined;
    return measure(Buffer.from(await response.arrayBuffer()));
  }

  async function create(exchange: Exchange, name: string, definition: ReplicateModel, body: Record<string, unknown>) {
    const waitS = waitSecondsOf(exchange.headers.prefer);
    const given = body.input as Record<string, unknown>;
    const wrong = findings(definition, given);
    if (wrong.length > 0) throw new Refused(invalid(wrong));
    const input = completed(definition, given);
    const source = definition.does === "draw" ? undefined : await pictureAt(input.image);
    // A picture that cannot be read is found out by the model, not by the API: the prediction fails.
    const fate: Fate = definition.does !== "draw" && !source ? "fail" : fateOf(exchange);
    const deadline = deadlineOf(exchange.headers["cancel-after"], house.now());
    const events = eventsOf(body.webhook_events_filter);
    const asked: Asked = { model: name, definition, input, webhook: body.webhook as string | undefined, events, deadline, fate, source };
    const run = predictions.create(asked, exchange);
    if (waitS !== undefined) await predictions.ended(run, waitS * 1000);
    return json(waitS === undefined || isFinal(run) ? 201 : 202, tellOf(run));
  }

  return {
    name: "replicate",
    faults: [
      ...transportFaults,
      ...pictureFaults,
      "outOfCredit",
      "refuse",
      "refuseOtherwise",
      "fail",
      "stuck",
      "webhookReplay",
      "webhookOld",
      "webhookForged",
      "webhookReordered",
      "webhookLost",
    ],
    bodyBytesMax: 100 * 1024 * 1024,
    admits: ({ authorization }) => authorization === `Bearer ${house.key}` || authorization === `Token ${house.key}`,
    errors,
    limit({ method, path }) {
      if (!path.startsWith("/v1/")) return undefined;
      const resets = method === "POST" && path.endsWith("/predictions") ? creates.take() : others.take();
      return resets === undefined ? undefined : errors.throttle(resets);
    },
    controls: { webhooks: { secret, deliveries: hooks.deliveries, resend: hooks.resend } },
    routes: [
      {
        method: "POST",
        path: /^\/v1\/models\/(?<owner>[^/]+)\/(?<model>[^/]+)\/predictions$/,
        places: ["work"],
        run(exchange) {
          const name = `${exchange.params.owner}/${exchange.params.model}`;
          const model = models[name];
          if (!model?.official) throw new Refused(errors.notFound());
          return create(exchange, name, model, requestOf(exchange, []));
        },
      },
      {
        method: "POST",
        path: /^\/v1\/predictions$/,
        places: ["work"],
        run(exchange) {
          const body = requestOf(exchange, ["version"]);
          const version = String(body.version ?? "")
            .split(":")
            .at(-1);
          const entry = Object.entries(models).find(([, model]) => model.version === version);
          if (!entry)
            return problem(
              422,
              "Invalid version or not permitted",
              "The specified version does not exist (or perhaps you don't have permission to use it?)",
            );
          return create(exchange, entry[0], entry[1], body);
        },
      },
      { method: "GET", path: /^\/v1\/predictions$/, run: (exchange) => list(exchange, predictions.all(), tellOf, house.url()) },
      { method: "GET", path: /^\/v1\/predictions\/(?<id>[^/]+)$/, run: ({ params }) => json(200, tellOf(found(params.id))) },
      {
        method: "POST",
        path: /^\/v1\/predictions\/(?<id>[^/]+)\/cancel$/,
        run({ params }) {
          const run = found(params.id);
          predictions.cancel(run);
          return json(200, tellOf(run));
        },
      },
      { method: "GET", path: /^\/v1\/webhooks\/default\/secret$/, run: () => json(200, { key: secret }) },
      { method: "GET", path: /^\/v1\/account$/, run: () => json(200, { type: "user", username: "simulated", name: "Simulated" }) },
      {
        method: "GET",
        path: /^\/v1\/models\/(?<owner>[^/]+)\/(?<model>[^/]+)$/,
        run({ params: { owner, model: name } }) {
          const model = models[`${owner}/${name}`] ?? refuse(errors.notFound());
          return json(200, {
            owner,
            name,
            url: `${house.url()}/${owner}/${name}`,
            visibility: "public",
            latest_version: { id: model.version },
          });
        },
      },
      {
        method: "POST",
        path: /^\/v1\/files$/,
        async run(exchange) {
          const form = await exchange.form();
          const [content] = form.files("content");
          if (!content) return problem(422, "Input validation failed", "- content is required\n");
          if (uploads.size >= uploadsMax) uploads.delete(uploads.keys().next().value ?? "");
          const id = randomUUID();
          const metadata = metadataOf(form);
          if (!metadata) return problem(422, "Input validation failed", "- metadata must be a JSON object\n");
          const kept = { ...content, metadata, at: house.now() };
          uploads.set(id, kept);
          return json(201, upload(id, kept, house));
        },
      },
      {
        method: "GET",
        path: /^\/v1\/files$/,
        run({ query }) {
          const all = [...uploads].toReversed();
          const start = Number(query.get("cursor") ?? 0);
          const next = start + filesPageSize < all.length ? `${house.url()}/v1/files?cursor=${start + filesPageSize}` : null;
          const results = all.slice(start, start + filesPageSize).map(([id, kept]) => upload(id, kept, house));
          return json(200, { previous: null, next, results });
        },
      },
      {
        method: "GET",
        path: /^\/files\/(?<id>[^/]+)\/out-(?<index>\d)\.(png|webp|jpg)$/,
        places: ["result"],
        run(exchange) {
          const run = found(exchange.params.id);
          if (run.status !== "succeeded" || predictions.isRemoved(run)) return errors.notFound();
          return sendFile(exchange.shape(fileOf(run, Number(exchange.params.index))));
        },
      },
      {
        method: "GET",
        path: /^\/files\/(?<id>[^/]+)$/,
        run({ params }) {
          const content = uploads.get(params.id ?? "");
          return content && house.now() < content.at + dayMs ? sendFile(content) : errors.notFound();
        },
      },
    ],
  };
}

function refuse(answer: ReturnType<typeof json>): never {
  throw new Refused(answer);
}

type Upload = { bytes: Buffer; type: string; name: string; metadata: object; at: number };

/** ⚠ How many are on a page is not documented. */
const filesPageSize = 50;

/** The client of the package sends it as a part of JSON, others as a field. */
function metadataOf(form: Form): object | undefined {
  const text = form.text("metadata") ?? form.files("metadata")[0]?.bytes.toString() ?? "{}";
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function upload(id: string, { bytes, type, name, metadata, at }: Upload, house: House) {
  const [created_at, expires_at] = [at, at + dayMs].map((ms) => new Date(ms).toISOString());
  return {
    id,
    name,
    content_type: type,
    size: bytes.length,
    metadata,
    created_at,
    expires_at,
    urls: { get: `${house.url()}/files/${id}` },
  };
}

const fateOf = (exchange: Exchange): Fate =>
  (["refuse", "refuseOtherwise", "fail", "stuck"] as const).find((fate) => exchange.does(fate)) ?? "succeed";

function webhooksOf(house: House, secret: string, retryMs: readonly number[]): Callbacks {
  const forgedSecret = `whsec_${randomBytes(32).toString("base64")}`;
  return callbacks(house, {
    retryMs,
    headers({ id, body }, timestampS, forged) {
      const key = Buffer.from((forged ? forgedSecret : secret).slice("whsec_".length), "base64");
      const signature = createHmac("sha256", key).update(`${id}.${timestampS}.${body}`).digest("base64");
      return { "webhook-id": id, "webhook-timestamp": `${timestampS}`, "webhook-signature": `v1,${signature}` };
    },
  });
}

/** An event goes out if it was asked for. Output and logs come at most once in 500 ms each; a simulated run has one of each. */
function tell(house: House, hooks: Callbacks, run: Run, event: WebhookEvent): void {
  if (run.webhook === undefined || !run.events.includes(event)) return;
  const body = JSON.stringify(told(run, house.url(), false));
  const last = event === "completed" || (isFinal(run) && !run.events.includes("completed"));
  hooks.send({ id: `msg_${randomBytes(18).toString("base64url")}`, url: run.webhook, subject: run.id, event, body, last });
}
