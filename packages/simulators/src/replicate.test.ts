import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { type Drawing, drawing, encode } from "./pictures/index.ts";
import { closedAfterwards, get, post, prompt } from "./provider-calls.fixture.ts";
import { startReplicate } from "./replicate.ts";

type Told = {
  id: string;
  status: string;
  output: string | string[] | null;
  error: string | null;
  input: object;
  data_removed: boolean;
  logs: string;
};

const replicate = closedAfterwards(startReplicate);

const schnell = "/v1/models/black-forest-labs/flux-schnell/predictions";
const told = async (response: Response | Promise<Response>) => (await (await response).json()) as Told;
const read = (provider: Awaited<ReturnType<typeof replicate>>, id: string) => told(get(provider, `/v1/predictions/${id}`));

describe("a prediction", () => {
  test("starts, is processed and succeeds, one state at a time", async () => {
    const provider = await replicate();
    provider.hold();
    const answer = await post(provider, schnell, { input: { prompt } });
    expect(answer.status).toBe(201);
    const { id, status } = await told(answer);
    expect(status).toBe("starting");
    provider.step();
    expect((await read(provider, id)).status).toBe("processing");
    provider.step();
    expect(await read(provider, id)).toMatchObject({ status: "succeeded", error: null, data_removed: false });
    expect(provider.predictions()).toMatchObject([{ id, prompt, state: "succeeded", costMicroUsd: 3_000 }]);
  });

  test("is final in its answer when it was waited for, and 202 where the wait ran out", async () => {
    const provider = await replicate();
    const waited = await post(provider, schnell, { input: { prompt } }, { prefer: "wait" });
    expect([waited.status, (await told(waited)).status]).toEqual([201, "succeeded"]);
    provider.hold();
    const unfinished = await post(provider, schnell, { input: { prompt } }, { prefer: "wait=1" });
    expect([unfinished.status, (await told(unfinished)).status]).toEqual([202, "starting"]);
  });

  test("gives pictures of the size and format asked for, different by prompt, seed and place", async () => {
    const provider = await replicate();
    const draw = async (input: object) => {
      const { output } = await told(post(provider, schnell, { input: { prompt, ...input } }, { prefer: "wait" }));
      return Promise.all([output].flat().map(async (url) => Buffer.from(await (await get(provider, String(url))).arrayBuffer())));
    };
    const [first, second] = await draw({ seed: 5, num_outputs: 2, output_format: "png", aspect_ratio: "16:9" });
    const { width = 0, height = 0, format } = await sharp(first).metadata();
    expect(format).toBe("png");
    expect(width / height).toBeCloseTo(16 / 9, 1);
    expect(second).not.toEqual(first);
    expect(await draw({ seed: 5, output_format: "png", aspect_ratio: "16:9" })).toEqual([first]);
    expect(await draw({ seed: 9, output_format: "png", aspect_ratio: "16:9" })).not.toEqual([first]);
    expect((await sharp((await draw({ output_format: "jpg" }))[0]).metadata()).format).toBe("jpeg");
    expect((await sharp((await draw({}))[0]).metadata()).format).toBe("webp");
  });

  test("of a version gives what that version gives: one URL, or a list", async () => {
    const provider = await replicate();
    const version = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc";
    for (const named of [version, `stability-ai/sdxl:${version}`])
      expect(await told(post(provider, "/v1/predictions", { version: named, input: { prompt } }, { prefer: "wait" }))).toMatchObject({
        status: "succeeded",
        output: [expect.stringContaining("/files/")],
      });
    const pro = await told(
      post(provider, "/v1/models/black-forest-labs/flux-1.1-pro/predictions", { input: { prompt } }, { prefer: "wait" }),
    );
    expect(pro.output).toEqual(expect.stringContaining("/files/"));
    const unknown = await post(provider, "/v1/predictions", { version: "0".repeat(64), input: { prompt } });
    expect([unknown.status, await unknown.json()]).toMatchObject([422, { title: "Invalid version or not permitted" }]);
  });

  test("that changes a picture keeps its size, or enlarges it; one without a readable picture fails", async () => {
    const provider = await replicate();
    const small: Drawing = drawing("cup", 40, 30);
    const image = `data:image/png;base64,${encode(small).bytes.toString("base64")}`;
    const make = (version: string, input: object) =>
      told(post(provider, "/v1/predictions", { version: version.padEnd(64, version), input }, { prefer: "wait" }));
    const size = async ({ output }: Told) => {
      const { width, height, hasAlpha } = await sharp(await (await get(provider, String(output))).arrayBuffer()).metadata();
      return { width, height, hasAlpha };
    };
    expect(await size(await make("a029dff3", { image }))).toEqual({ width: 40, height: 30, hasAlpha: true });
    const esrgan = "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa";
    expect(await size(await make(esrgan, { image, scale: 2 }))).toMatchObject({ width: 80, height: 60 });
    expect(await make(esrgan, { image: "data:image/png;base64,AAAA" })).toMatchObject({ status: "failed" });
    const topaz = await post(
      provider,
      "/v1/models/topazlabs/image-upscale/predictions",
      { input: { image, upscale_factor: "4x" } },
      { prefer: "wait" },
    );
    expect(await size((await topaz.json()) as Told)).toMatchObject({ width: 160, height: 120 });
    const form = new FormData();
    form.set("content", new Blob([new Uint8Array(encode(small).bytes)], { type: "image/png" }), "cup.png");
    const uploaded = await fetch(`${provider.url}/v1/files`, {
      method: "POST",
      headers: { authorization: `Bearer ${provider.key}` },
      body: form,
    });
    const { urls } = (await uploaded.json()) as { urls: { get: string } };
    expect(await size(await make("a029dff3", { image: urls.get }))).toMatchObject({ width: 40, height: 30 });
  });

  test("that is canceled while it runs is billed; one past its deadline before it starts is aborted and is not", async () => {
    let now = Date.now();
    const provider = await replicate({ now: () => now });
    provider.hold();
    const running = await told(post(provider, schnell, { input: { prompt } }));
    provider.step();
    const canceled = await post(provider, `/v1/predictions/${running.id}/cancel`, {});
    expect([canceled.status, (await told(canceled)).status]).toEqual([200, "canceled"]);
    const late = await told(post(provider, schnell, { input: { prompt } }, { "cancel-after": "1m" }));
    now += 61_000;
    expect((await read(provider, late.id)).status).toBe("aborted");
    expect(provider.predictions().map(({ state, costMicroUsd }) => [state, costMicroUsd])).toEqual([
      ["canceled", 3_000],
      ["canceled", 0],
    ]);
    provider.release();
    provider.step();
    expect((await read(provider, running.id)).status).toBe("canceled");
  });

  test("loses input, output, logs and files an hour after its end", async () => {
    let now = Date.now();
    const provider = await replicate({ now: () => now });
    const { id, output } = await told(post(provider, schnell, { input: { prompt } }, { prefer: "wait" }));
    const url = String([output].flat()[0]);
    now += 3_599_000;
    expect((await get(provider, url)).status).toBe(200);
    now += 1_000;
    expect((await get(provider, url)).status).toBe(404);
    expect(await read(provider, id)).toMatchObject({ status: "succeeded", output: null, input: {}, logs: "", data_removed: true });
  });

  test("is refused as a failure that says so, and is not billed", async () => {
    const provider = await replicate();
    provider.order("refuse");
    provider.order("refuseOtherwise");
    const refused = () => told(post(provider, schnell, { input: { prompt } }, { prefer: "wait" }));
    expect(await refused()).toMatchObject({ status: "failed", output: null, error: expect.stringContaining("NSFW") });
    expect(await refused()).toMatchObject({ status: "failed", error: expect.stringContaining("flagged as sensitive") });
    expect(await refused()).toMatchObject({ status: "succeeded" });
    expect(provider.predictions().map(({ state, costMicroUsd }) => [state, costMicroUsd])).toEqual([
      ["refused", 0],
      ["refused", 0],
      ["succeeded", 3_000],
    ]);
  });

  test("goes on while its polling fails as ordered", async () => {
    const provider = await replicate();
    const { id } = await told(post(provider, schnell, { input: { prompt } }, { prefer: "wait" }));
    provider.order("serverError", { at: "read", times: 2 });
    const poll = async () => (await get(provider, `/v1/predictions/${id}`)).status;
    expect([await poll(), await poll(), await poll()]).toEqual([500, 500, 200]);
    provider.order("serverError", { at: "read" });
    expect((await post(provider, schnell, { input: { prompt } })).status).toBe(201);
    expect(provider.predictions()).toHaveLength(2);
  });

  test("is told to whoever has the key alone, and so are its files", async () => {
    const provider = await replicate();
    const { output, id } = await told(post(provider, schnell, { input: { prompt } }, { prefer: "wait" }));
    for (const path of [`/v1/predictions/${id}`, "/v1/predictions", String([output].flat()[0]).slice(provider.url.length)])
      expect((await fetch(provider.url + path)).status).toBe(401);
    expect(await (await get(provider, "/v1/predictions", { authorization: "Bearer r8_other" })).json()).toMatchObject({
      title: "Unauthenticated",
    });
  });
});

describe("a request", () => {
  test("with a wrong input is a 422 that names every field, and costs nothing", async () => {
    const provider = await replicate();
    const answer = await post(provider, schnell, { input: { num_outputs: 5, aspect_ratio: "7:3", go_fast: "yes" } });
    const { detail, invalid_fields } = (await answer.json()) as { detail: string; invalid_fields: { field: string }[] };
    expect(answer.status).toBe(422);
    expect(detail).toContain("- input: prompt is required\n");
    expect(invalid_fields.map(({ field }) => field).toSorted()).toEqual([
      "input",
      "input.aspect_ratio",
      "input.go_fast",
      "input.num_outputs",
    ]);
    expect(provider.predictions()).toEqual([]);
  });

  test("with a top-level key that is not documented is refused", async () => {
    const provider = await replicate();
    for (const extra of [{ version: "x" }, { id: "x" }, { webhook_events_filter: ["done"] }, { webhook: 5 }])
      expect((await post(provider, schnell, { input: { prompt }, ...extra })).status).toBe(422);
    expect((await post(provider, "/v1/predictions", { input: { prompt } })).status).toBe(422);
    expect((await post(provider, "/v1/models/nobody/nothing/predictions", { input: { prompt } })).status).toBe(404);
    expect((await post(provider, "/v1/models/stability-ai/sdxl/predictions", { input: { prompt } })).status).toBe(404);
  });

  test("too many in a minute is throttled until the minute has passed", async () => {
    let now = Date.now();
    const provider = await replicate({ now: () => now, createsPerMinute: 2 });
    const create = async () => (await post(provider, schnell, { input: { prompt } })).status;
    expect([await create(), await create(), await create()]).toEqual([201, 201, 429]);
    expect((await get(provider, "/v1/predictions")).status).toBe(200);
    now += 60_000;
    expect(await create()).toBe(201);
  });
});

test("the list is paged by hundreds, newest first, and new predictions move no page", async () => {
  const provider = await replicate();
  const ids: string[] = [];
  for (let count = 0; count < 205; count += 1) ids.unshift((await told(post(provider, schnell, { input: { prompt } }))).id);
  type Page = { results: Told[]; next: string | null; previous: string | null };
  const page = async (url: string) => (await (await get(provider, url)).json()) as Page;
  const first = await page("/v1/predictions");
  await post(provider, schnell, { input: { prompt } });
  const second = await page(String(first.next));
  const third = await page(String(second.next));
  expect([first, second, third].flatMap(({ results }) => results.map(({ id }) => id))).toEqual(ids);
  expect([first.previous, third.next]).toEqual([null, null]);
  expect((await page(String(third.previous))).results).toEqual(second.results);
});
