import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type ReplicateOptions, startReplicate } from "@atelier/simulators";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { makeOutside } from "../outside/index.ts";
import type { Means, Provider, Settings } from "./contract.ts";
import { imageModels as models } from "./models/index.ts";
import { makeProvider } from "./registry.ts";
import { drawn, pictureOf } from "./rigs.fixture.ts";
import { readWebhook } from "./webhooks.ts";

const schnell = "black-forest-labs/flux-schnell";

async function started(options: ReplicateOptions = {}, means: Partial<Means> = {}, settings: Settings = {}) {
  const simulator = await startReplicate(options);
  onTestFinished(simulator.close);
  const provider = makeProvider(
    "replicate",
    { key: simulator.key, baseUrl: simulator.url, webhookSecret: simulator.webhooks.secret, ...settings },
    { outside: makeOutside(), models, ...means },
  );
  return { simulator, provider };
}

type Delivered = { headers: IncomingHttpHeaders; body: string };

/** Takes webhooks, and keeps them. */
async function receiver(): Promise<{ url: string; delivered: Delivered[] }> {
  const delivered: Delivered[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => {
      delivered.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString("utf8") });
      outgoing.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/att_1`, delivered };
}

const told = ({ webhooks }: { webhooks: { secret: string } }, { headers, body }: Delivered) =>
  readWebhook("replicate", webhooks.secret, { headers: headers as Record<string, string>, rawBody: body });

async function accepted(provider: Provider, picture = pictureOf(schnell)): Promise<string> {
  const submitted = await provider.submit(picture);
  if (submitted.kind !== "accepted") expect.unreachable(JSON.stringify(submitted));
  return submitted.reference;
}

describe("models", () => {
  test("an official model is called by its name, and gets ratio and parameters of its own", async () => {
    const { simulator, provider } = await started();
    await accepted(provider, pictureOf(schnell, { width: 1920, height: 1080, quality: "draft", style: "anime" }));
    expect(simulator.requests()[0]?.path).toBe(`/v1/models/${schnell}/predictions`);
    expect(simulator.requests()[0]?.headers.prefer).toBeUndefined();
    expect(simulator.predictions()[0]?.parameters).toMatchObject({
      aspect_ratio: "16:9",
      num_inference_steps: 2,
      megapixels: "0.25",
      seed: 7,
    });
    expect(simulator.predictions()[0]?.prompt).toBe("a red fox in the snow, anime illustration, clean lines");
  });

  test("any other is called by its version, and gets the sides", async () => {
    const { simulator, provider } = await started();
    const picture = pictureOf("stability-ai/sdxl", { width: 1001, height: 640, negativePrompt: "blur", seed: 4_294_967_295 });
    const ending = await drawn(provider, picture);
    expect(ending).toMatchObject({ at: "file", costMicroUsd: 4_000, seed: 2_147_483_647 });
    expect(simulator.requests()[0]?.path).toBe("/v1/predictions");
    expect(simulator.predictions()[0]?.parameters).toMatchObject({
      width: 1000,
      height: 640,
      negative_prompt: "blur",
      num_inference_steps: 40,
    });
  });

  test("what the catalogue does not have is told without asking anybody", async () => {
    const { simulator, provider } = await started();
    for (const picture of [
      pictureOf("nobody/nothing"),
      pictureOf(schnell, { style: "baroque" }),
      pictureOf(schnell, { prompt: "x".repeat(10_001) }),
    ])
      expect(await provider.submit(picture)).toMatchObject({ kind: "failed", failure: { class: "bad-request" } });
    expect(simulator.requests()).toEqual([]);
  });

  test("an input that the model refuses is a bad request", async () => {
    const changed = models.map((row) =>
      row.model === schnell ? { ...row, parameters: { ...row.parameters, hd: { num_inference_steps: 99 } } } : row,
    );
    const { provider } = await started({}, { models: changed });
    expect(await provider.submit(pictureOf(schnell, { quality: "hd" }))).toMatchObject({ failure: { class: "bad-request" } });
  });
});

describe("a prediction", () => {
  test("is told from its start to its end, and not waited for", async () => {
    const { simulator, provider } = await started();
    simulator.hold();
    const reference = await accepted(provider);
    expect(await provider.poll?.(reference)).toMatchObject({ kind: "running", progress: 0 });
    simulator.step();
    expect(await provider.poll?.(reference)).toMatchObject({ kind: "running", progress: 0.5 });
    simulator.step();
    expect(await provider.poll?.(reference)).toMatchObject({ kind: "done", costMicroUsd: 3_000, requestId: reference, seed: 7 });
  });

  test("that is canceled while it runs is billed, and one before that is not", async () => {
    const { simulator, provider } = await started();
    simulator.hold();
    const [early, late] = [await accepted(provider), await accepted(provider)];
    expect(await provider.cancel?.(early)).toEqual({ kind: "asked" });
    simulator.step();
    await provider.cancel?.(late);
    expect((await provider.poll?.(early)) as object).toEqual({
      kind: "failed",
      failure: { class: "fall-back", detail: "The prediction was canceled at Replicate." },
    });
    expect(await provider.poll?.(late)).toMatchObject({ kind: "failed", failure: { billedMicroUsd: 3_000 } });
    expect(simulator.predictions().map(({ costMicroUsd }) => costMicroUsd)).toEqual([0, 3_000]);
  });

  test("that was aborted before it began has ended, unbilled", async () => {
    let now = Date.now();
    const { simulator, provider } = await started({ now: () => now });
    simulator.hold();
    const response = await fetch(`${simulator.url}/v1/models/${schnell}/predictions`, {
      method: "POST",
      headers: { authorization: `Bearer ${simulator.key}`, "content-type": "application/json", "cancel-after": "1h" },
      body: JSON.stringify({ input: { prompt: "x" } }),
    });
    const { id } = (await response.json()) as { id: string };
    now += 3_600_000;
    const polled = await provider.poll?.(id);
    expect(polled).toMatchObject({ kind: "failed", failure: { class: "fall-back" } });
    expect(polled).not.toHaveProperty("failure.billedMicroUsd");
  });

  test("of which the question is not answered goes on", async () => {
    const { simulator, provider } = await started();
    const reference = await accepted(provider);
    for (const fault of ["serverError", "throttle", "resetBefore", "garbage"] as const) {
      simulator.order(fault, { at: "read" });
      expect(await provider.poll?.(reference), fault).toMatchObject({ kind: "unanswered", failure: { class: "retry" } });
    }
    const asked = simulator.requests().length;
    await vi.waitFor(async () => expect(await provider.poll?.(reference)).toMatchObject({ kind: "done" }));
    // None of the four was asked twice.
    expect(asked).toBe(5);
  });

  test("is told as lost where its picture was deleted after an hour", async () => {
    let now = Date.now();
    const { provider } = await started({ now: () => now });
    const reference = await accepted(provider);
    await vi.waitFor(async () => expect(await provider.poll?.(reference)).toMatchObject({ kind: "done" }));
    now += 3_600_000;
    expect(await provider.poll?.(reference)).toMatchObject({ kind: "failed", failure: { class: "fall-back", billedMicroUsd: 3_000 } });
  });
});

describe("webhooks", () => {
  test("tell that there is news of a prediction", async () => {
    const { simulator, provider } = await started();
    const { url, delivered } = await receiver();
    simulator.order("webhookReplay", { match: '"status":"succeeded"' });
    const reference = await accepted(provider, pictureOf(schnell, { webhookUrl: url }));
    await vi.waitFor(() => expect(delivered).toHaveLength(3));
    const [begun, ended, again] = delivered.map((one) => told(simulator, one));
    for (const one of [begun, ended, again]) expect(one).toEqual({ kind: "told", reference });
  });

  test("that are forged, old, changed or without signature are refused", async () => {
    const { simulator, provider } = await started();
    const { url, delivered } = await receiver();
    simulator.order("webhookForged");
    simulator.order("webhookOld");
    await accepted(provider, pictureOf(schnell, { webhookUrl: url }));
    await vi.waitFor(() => expect(delivered).toHaveLength(2));
    for (const one of delivered) expect(told(simulator, one)).toMatchObject({ kind: "refused" });

    await accepted(provider, pictureOf(schnell, { webhookUrl: url }));
    await vi.waitFor(() => expect(delivered).toHaveLength(4));
    const right = delivered[3] as Delivered;
    expect(told(simulator, right)).toMatchObject({ kind: "told" });
    const { "webhook-signature": signature, ...unsigned } = right.headers;
    const wrong: Delivered[] = [
      { ...right, body: right.body.replace("succeeded", "failed") },
      { ...right, headers: unsigned },
      { ...right, headers: { ...right.headers, "webhook-signature": String(signature).replace("v1,", "v9,") } },
      { ...right, headers: { ...right.headers, "webhook-id": "msg_other" } },
      { ...right, headers: { ...right.headers, "webhook-timestamp": `${Math.floor(Date.now() / 1000) + 1}` } },
      { ...right, headers: { ...right.headers, "webhook-signature": "v1," } },
      { ...right, headers: {} },
    ];
    for (const one of wrong) expect(told(simulator, one)).toMatchObject({ kind: "refused" });
  });

  test("are refused as long as no secret is configured", () => {
    for (const secret of [undefined, "", "whsec_", "%%%"])
      expect(readWebhook("replicate", secret, { headers: {}, rawBody: "{}" })).toMatchObject({ kind: "refused" });
  });
});

describe("an attempt of which no answer came", () => {
  const minuteMs = 60_000;
  const startedAt = () => new Date().toISOString();
  const settled = { now: () => Date.now() + 5 * minuteMs };

  test("is found where it was taken, and it is the one prediction", async () => {
    const { simulator, provider } = await started();
    simulator.order("resetAfter");
    const attempt = { picture: pictureOf(schnell), startedAt: startedAt() };
    expect(await provider.submit(attempt.picture)).toMatchObject({ failure: { class: "unknown-outcome" } });
    expect(await provider.lookUp?.(attempt)).toEqual({ kind: "found", reference: simulator.predictions()[0]?.id });
    expect(simulator.predictions()).toHaveLength(1);
  });

  test("is absent where it was not, once it cannot be on its way any more", async () => {
    const { simulator, provider } = await started({}, settled);
    simulator.order("resetBefore");
    const attempt = { picture: pictureOf(schnell), startedAt: startedAt() };
    await provider.submit(attempt.picture);
    await provider.submit({ ...attempt.picture, seed: 8 });
    expect(await provider.lookUp?.(attempt)).toEqual({ kind: "absent" });
    const { provider: early } = await started();
    expect(await early.lookUp?.(attempt)).toMatchObject({ kind: "unknown" });
  });

  test("is not mistaken for another attempt at the same picture", async () => {
    const { provider } = await started({}, settled);
    const picture = pictureOf(schnell);
    const first = await accepted(provider, picture);
    const attempt = { picture, startedAt: startedAt(), known: [first] };
    expect(await provider.lookUp?.(attempt)).toEqual({ kind: "absent" });
    const second = await accepted(provider, picture);
    expect(await provider.lookUp?.(attempt)).toEqual({ kind: "found", reference: second });
    await accepted(provider, picture);
    expect(await provider.lookUp?.(attempt)).toMatchObject({ kind: "unknown" });
  });

  test("is looked for on all pages since, and no further", async () => {
    const { simulator, provider } = await started({}, settled);
    const attempt = { picture: pictureOf(schnell, { seed: 999 }), startedAt: startedAt() };
    const wanted = await accepted(provider, attempt.picture);
    for (let seed = 0; seed < 105; seed += 1) await accepted(provider, pictureOf(schnell, { seed }));
    const before = simulator.requests().length;
    expect(await provider.lookUp?.(attempt)).toEqual({ kind: "found", reference: wanted });
    expect(simulator.requests().length - before).toBe(2);
  });

  test("is unknown where the list cannot be read, or what was asked was already deleted", async () => {
    let now = Date.now();
    const { simulator, provider } = await started({ now: () => now }, settled);
    const attempt = { picture: pictureOf(schnell), startedAt: startedAt() };
    const reference = await accepted(provider, attempt.picture);
    simulator.order("unavailable", { at: "read" });
    expect(await provider.lookUp?.(attempt)).toMatchObject({ kind: "unknown" });
    await vi.waitFor(async () => expect(await provider.poll?.(reference)).toMatchObject({ kind: "done" }));
    now += 2 * 3_600_000;
    expect(await provider.lookUp?.(attempt)).toMatchObject({ kind: "unknown" });
  });
});

test("a used-up limit is told with the seconds of its text, where there is no header", async () => {
  const { provider } = await started({ createsPerMinute: 1 });
  await accepted(provider);
  const submitted = await provider.submit(pictureOf(schnell));
  expect(submitted).toMatchObject({ kind: "failed", failure: { class: "retry" } });
  if (submitted.kind === "failed") expect(submitted.failure.retryAfterMs).toBeLessThanOrEqual(60_000);
});
