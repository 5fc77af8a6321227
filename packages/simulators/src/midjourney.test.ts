import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sharp from "sharp";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Provider } from "./contract.ts";
import { startMidjourney } from "./midjourney.ts";
import { closedAfterwards, get, post, prompt } from "./provider-calls.fixture.ts";

const midjourney = closedAfterwards(startMidjourney);

type Submitted = { code: number; description: string; result: string | null; properties: Record<string, unknown> };
type Task = {
  id: string;
  action: string;
  status: string;
  progress: string;
  imageUrl: string | null;
  failReason: string | null;
  state: string | null;
};

const secret = ({ key }: Provider) => ({ "mj-api-secret": key });

async function submit(provider: Provider, path: string, body: object): Promise<Submitted> {
  const answer = await post(provider, `/mj/submit/${path}`, body, secret(provider));
  expect(answer.status).toBe(200);
  return (await answer.json()) as Submitted;
}

const fetched = async (provider: Provider, id: string | null) =>
  (await (await get(provider, `/mj/task/${id}/fetch`, secret(provider))).json()) as Task;

function finished(provider: Provider, { result }: Submitted): Promise<Task> {
  return vi.waitFor(async () => {
    const task = await fetched(provider, result);
    expect(task.status).toMatch(/SUCCESS|FAILURE/);
    return task;
  });
}

const sizeOf = async (url: string | null) => {
  const { width, height } = await sharp(await (await fetch(String(url))).arrayBuffer()).metadata();
  return { width, height };
};

test("a task is not started, submitted, in progress and done, with a grid of four at its URL", async () => {
  const provider = await midjourney();
  provider.hold();
  const submitted = await submit(provider, "imagine", { prompt: `${prompt} --ar 16:9`, state: "att_1" });
  expect(submitted.code).toBe(1);
  const seen: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const { status, progress } = await fetched(provider, submitted.result);
    seen.push(`${status} ${progress}`);
    provider.step();
  }
  expect(seen).toEqual(["NOT_START ", "SUBMITTED 0%", "IN_PROGRESS 50%", "SUCCESS 100%"]);
  const task = await fetched(provider, submitted.result);
  expect(task).toMatchObject({ action: "IMAGINE", state: "att_1", failReason: null });
  const { width = 0, height = 0 } = await sizeOf(task.imageUrl);
  expect(width).toBeGreaterThan(2_048);
  expect(width / height).toBeCloseTo(16 / 9, 1);
  expect(provider.predictions()).toMatchObject([{ id: task.id, state: "succeeded" }]);
});

test("one of the four is upscaled once: the second time the first task is told", async () => {
  const provider = await midjourney();
  const grid = await submit(provider, "imagine", { prompt });
  await finished(provider, grid);
  const upscaled = await submit(provider, "change", { taskId: grid.result, action: "UPSCALE", index: 2 });
  expect(await sizeOf((await finished(provider, upscaled)).imageUrl)).toEqual({ width: 1024, height: 1024 });
  const again = await submit(provider, "simple-change", { content: `${grid.result} U2` });
  expect([again.code, again.result]).toEqual([21, upscaled.result]);
  const other = await submit(provider, "simple-change", { content: `${grid.result} V3` });
  expect(await finished(provider, other)).toMatchObject({ action: "VARIATION" });
  expect(provider.predictions()).toHaveLength(3);
});

test("what cannot be is told by a code, never by a status", async () => {
  const provider = await midjourney();
  const wrong: [string, object, number][] = [
    ["imagine", { prompt: " " }, 4],
    ["imagine", { prompt, notifyHook: "nowhere" }, 4],
    ["change", { taskId: "none", action: "UPSCALE", index: 1 }, 3],
    ["change", { taskId: "none", action: "SHRINK" }, 4],
    ["blend", { base64Array: ["one"] }, 4],
    ["describe", {}, 4],
  ];
  for (const [path, body, code] of wrong) expect([path, (await submit(provider, path, body)).code]).toEqual([path, code]);
  provider.hold();
  const early = await submit(provider, "imagine", { prompt });
  expect((await submit(provider, "change", { taskId: early.result, action: "UPSCALE", index: 1 })).code).toBe(4);
  expect((await get(provider, "/mj/task/none/fetch", secret(provider))).status).toBe(200);
  expect(provider.predictions()).toHaveLength(1);
});

test("a fourth task at once waits, and is told how many are before it", async () => {
  const provider = await midjourney();
  provider.hold();
  const codes: [number, unknown][] = [];
  for (let count = 0; count < 5; count += 1) {
    const { code, properties } = await submit(provider, "imagine", { prompt });
    codes.push([code, properties.numberOfQueues]);
  }
  expect(codes).toEqual([
    [1, undefined],
    [1, undefined],
    [1, undefined],
    [22, 0],
    [22, 1],
  ]);
});

test("a prompt is refused at once by its word, or later by a moderator; a full queue is a code too", async () => {
  const provider = await midjourney();
  provider.order("refuse");
  expect(await submit(provider, "imagine", { prompt })).toMatchObject({ code: 24, result: null, properties: { bannedWord: "a" } });
  provider.order("throttle");
  expect((await submit(provider, "imagine", { prompt })).code).toBe(23);
  expect(provider.predictions()).toEqual([]);
  provider.order("refuseOtherwise");
  provider.order("fail");
  const [refused, failed] = [await submit(provider, "imagine", { prompt }), await submit(provider, "imagine", { prompt })];
  expect(await finished(provider, refused)).toMatchObject({
    status: "FAILURE",
    failReason: expect.stringContaining("Banned"),
    imageUrl: null,
  });
  expect(await finished(provider, failed)).toMatchObject({ status: "FAILURE" });
  expect(provider.predictions().map(({ state, costMicroUsd }) => [state, costMicroUsd])).toEqual([
    ["refused", 0],
    ["failed", 0],
  ]);
});

test("a picture's URL dies after a day", async () => {
  let now = Date.now();
  const provider = await midjourney({ now: () => now });
  const { imageUrl } = await finished(provider, await submit(provider, "imagine", { prompt }));
  expect((await fetch(String(imageUrl))).status).toBe(200);
  now += 86_400_000;
  expect((await fetch(String(imageUrl))).status).toBe(404);
});

test("the hook is told of every change, unsigned, and can be told twice or out of order", async () => {
  const got: { status: string; headers: string[] }[] = [];
  const server = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    got.push({ status: (JSON.parse(body) as Task).status, headers: Object.keys(incoming.headers) });
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const notifyHook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const provider = await midjourney();
  const statuses = () => got.map(({ status }) => status);
  await submit(provider, "imagine", { prompt, notifyHook });
  await vi.waitFor(() => expect(statuses()).toEqual(["SUBMITTED", "IN_PROGRESS", "SUCCESS"]));
  expect(got.flatMap(({ headers }) => headers).filter((name) => /signature|secret|authorization/.test(name))).toEqual([]);
  got.length = 0;
  provider.order("webhookReordered");
  provider.order("webhookReplay");
  await submit(provider, "imagine", { prompt, notifyHook });
  await vi.waitFor(() => expect(statuses()).toEqual(["IN_PROGRESS", "IN_PROGRESS", "SUCCESS", "SUBMITTED"]));
  expect(provider.hooks.deliveries()).toHaveLength(6);
});
