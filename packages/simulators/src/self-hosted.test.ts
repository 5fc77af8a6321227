import sharp from "sharp";
import { describe, expect, test, vi } from "vitest";
import { startAutomatic1111 } from "./automatic1111.ts";
import { startComfyui } from "./comfyui.ts";
import type { Provider } from "./contract.ts";
import { calls, closedAfterwards, get, graph, post, prompt } from "./provider-calls.fixture.ts";

const sizeOf = async (bytes: Buffer | ArrayBuffer) => {
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
};

describe("AUTOMATIC1111", () => {
  const automatic1111 = closedAfterwards(startAutomatic1111);
  const basic = ({ key }: Provider) => ({ authorization: `Basic ${Buffer.from(key).toString("base64")}` });
  const draw = (provider: Provider, body: object) => post(provider, "/sdapi/v1/txt2img", { prompt, ...body }, basic(provider));
  type Drawn = { images: string[]; info: string };

  test("draws as many as asked, tells their seeds inside a string of JSON, and repeats a seed", async () => {
    const provider = await automatic1111();
    const body = { width: 640, height: 384, batch_size: 2, n_iter: 2, seed: 11 };
    const { images, info } = (await (await draw(provider, body)).json()) as Drawn;
    expect(await Promise.all(images.map((image) => sizeOf(Buffer.from(image, "base64"))))).toEqual(
      Array(4).fill({ width: 640, height: 384 }),
    );
    expect(JSON.parse(info)).toMatchObject({ seed: 11, all_seeds: [11, 12, 13, 14] });
    expect(((await (await draw(provider, body)).json()) as Drawn).images).toEqual(images);
    const random = (await (await draw(provider, { seed: -1 })).json()) as Drawn;
    expect((JSON.parse(random.info) as { seed: number }).seed).toBeGreaterThanOrEqual(0);
    expect(provider.predictions().map(({ costMicroUsd }) => costMicroUsd)).toEqual([0, 0, 0]);
  });

  test("tells its progress while it works, and stops when interrupted", async () => {
    const provider = await automatic1111();
    provider.order("stuck");
    const drawing = draw(provider, {});
    const progress = async () =>
      ((await (await get(provider, "/sdapi/v1/progress", basic(provider))).json()) as { progress: number }).progress;
    await vi.waitFor(async () => expect(await progress()).toBe(0.5));
    await post(provider, "/sdapi/v1/interrupt", {}, basic(provider));
    expect((await drawing).status).toBe(200);
    expect(await progress()).toBe(0);
    expect(provider.predictions()).toMatchObject([{ state: "canceled" }]);
  });

  test("fails for want of memory with a 500, and names wrong fields with a 422", async () => {
    const provider = await automatic1111();
    provider.order("fail");
    const failed = await draw(provider, {});
    expect([failed.status, await failed.json()]).toMatchObject([500, { error: "OutOfMemoryError" }]);
    const wrong = await draw(provider, { width: 9_000, steps: 0 });
    const { detail } = (await wrong.json()) as { detail: { loc: string[] }[] };
    expect([wrong.status, detail.map(({ loc }) => loc[1])]).toEqual([422, ["width", "steps"]]);
    expect(provider.predictions()).toMatchObject([{ state: "failed" }]);
  });
});

describe("ComfyUI", () => {
  const comfyui = closedAfterwards(startComfyui);
  const submit = (provider: Provider, body: object) => post(provider, "/prompt", body);
  const json = async <Shape>(response: Response | Promise<Response>) => (await (await response).json()) as Shape;
  type Failed = { error: { type: string }; node_errors: Record<string, { errors: { details: string }[] }> };
  type History = Record<
    string,
    { outputs: Record<string, { images: { filename: string }[] }>; status: { status_str: string; completed: boolean } }
  >;
  const without = (id: string) => Object.fromEntries(Object.entries(graph).filter(([one]) => one !== id));

  test("runs a graph under the caller's id; its history is empty until it is done", async () => {
    const provider = await comfyui();
    provider.hold();
    expect(await json(submit(provider, { prompt: graph, prompt_id: "att_1" }))).toEqual({ prompt_id: "att_1", number: 0, node_errors: {} });
    const queue = () => json<{ queue_running: unknown[][]; queue_pending: unknown[][] }>(get(provider, "/queue"));
    expect((await queue()).queue_pending[0]?.[1]).toBe("att_1");
    provider.step();
    expect((await queue()).queue_running[0]?.[1]).toBe("att_1");
    expect(await json(get(provider, "/history/att_1"))).toEqual({});
    provider.step();
    const run = (await json<History>(get(provider, "/history/att_1"))).att_1;
    expect(run).toMatchObject({
      outputs: { 7: { images: [{ filename: "fox_00001_.png", subfolder: "", type: "output" }] } },
      status: { completed: true },
    });
    const view = await get(provider, "/view?filename=fox_00001_.png&subfolder=&type=output");
    expect(await sizeOf(await view.arrayBuffer())).toEqual({ width: 320, height: 192 });
    expect(provider.predictions()).toMatchObject([{ id: "att_1", prompt, parameters: { negative: "blurry", seed: 7 } }]);
    expect((await get(provider, "/view?filename=other.png")).status).toBe(404);
  });

  test("refuses a graph without an output, with nodes that it has not, or with inputs that lead nowhere", async () => {
    const provider = await comfyui();
    const type = async (prompt: unknown) => (await json<Failed>(submit(provider, { prompt }))).error.type;
    expect(await type(without("7"))).toBe("prompt_no_outputs");
    expect(await type({ ...graph, 8: { class_type: "Magic", inputs: {} } })).toBe("missing_node_type");
    expect(await type(undefined)).toBe("no_prompt");
    const dangling = await json<Failed>(submit(provider, { prompt: without("2") }));
    expect(dangling.node_errors["5"]?.errors[0]?.details).toBe("positive");
    const huge = { ...graph, 4: { class_type: "EmptyLatentImage", inputs: { width: 9_000, height: 64, batch_size: 1 } } };
    expect(Object.keys((await json<Failed>(submit(provider, { prompt: huge }))).node_errors)).toEqual(["4"]);
    expect(provider.predictions()).toEqual([]);
  });

  test("fails in its history, and is interrupted or taken out of the queue", async () => {
    const provider = await comfyui();
    provider.order("fail");
    const { prompt_id: id } = await json<{ prompt_id: string }>(calls.comfyui.work(provider));
    await vi.waitFor(async () => expect((await json<History>(get(provider, `/history/${id}`)))[id]?.status.status_str).toBe("error"));
    provider.hold();
    await submit(provider, { prompt: graph, prompt_id: "running" });
    provider.step();
    await submit(provider, { prompt: graph, prompt_id: "pending" });
    await post(provider, "/queue", { delete: ["pending"] });
    await post(provider, "/interrupt", {});
    provider.release();
    expect(Object.keys(await json<History>(get(provider, "/history")))).toEqual([id, "running"]);
    expect(provider.predictions().map(({ state }) => state)).toEqual(["failed", "canceled", "canceled"]);
  });
});
