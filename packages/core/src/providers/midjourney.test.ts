import { startMidjourney } from "@atelier/simulators";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { makeOutside } from "../outside/index.ts";
import type { Settings } from "./contract.ts";
import { imageModels as models } from "./models/index.ts";
import { makeProvider } from "./registry.ts";
import { drawn, pictureOf, rigged } from "./rigs.fixture.ts";

const provider = (settings: Settings) => makeProvider("midjourney", settings, { outside: makeOutside(), models });

test("the picture is the top left one of the grid, at its full size", async () => {
  const { simulator, provider: midjourney, model } = await rigged("midjourney");
  const ending = await drawn(midjourney, pictureOf(model, { width: 1600, height: 900 }));
  if (!("bytes" in ending)) expect.unreachable();
  const task = simulator.predictions()[0];
  const grid = Buffer.from(await (await fetch(`${simulator.url}/attachments/${task?.id}/grid.png`)).arrayBuffer());
  const { width = 0, height = 0 } = await sharp(grid).metadata();
  const corner = await sharp(grid)
    .extract({ left: 0, top: 0, width: width / 2, height: height / 2 })
    .raw()
    .toBuffer();
  expect((await sharp(ending.bytes).raw().toBuffer()).equals(corner)).toBe(true);
  expect(task?.prompt).toBe("a red fox in the snow --ar 16:9 --seed 7 --quality 1");
});

test("flags that a user writes are words and not flags", async () => {
  const { simulator, provider: midjourney, model } = await rigged("midjourney");
  await midjourney.submit(pictureOf(model, { prompt: "a fox --repeat 40 —turbo", negativePrompt: "--fast" }));
  expect(simulator.predictions()[0]?.prompt).toBe("a fox repeat 40 turbo --ar 1:1 --seed 7 --quality 1 --no fast");
});

test("an attempt whose answer was lost is found by its id, another is not", async () => {
  const { simulator, provider: midjourney, model } = await rigged("midjourney", { means: { now: () => Date.now() + 10 * 60_000 } });
  simulator.order("resetAfter");
  const attempt = { picture: pictureOf(model), startedAt: new Date().toISOString() };
  expect(await midjourney.submit(attempt.picture)).toMatchObject({ failure: { class: "unknown-outcome" } });
  expect(await midjourney.lookUp?.(attempt)).toEqual({ kind: "found", reference: simulator.predictions()[0]?.id });
  expect(await midjourney.lookUp?.({ ...attempt, picture: { ...attempt.picture, attemptId: "att_other" } })).toEqual({ kind: "absent" });
});

test("a task that waits in the queue is accepted, and one that is forgotten is told", async () => {
  const simulator = await startMidjourney({ concurrent: 1 });
  onTestFinished(simulator.close);
  simulator.hold();
  const midjourney = provider({ key: simulator.key, baseUrl: simulator.url });
  await midjourney.submit(pictureOf("midjourney"));
  expect(await midjourney.submit(pictureOf("midjourney"))).toMatchObject({ kind: "accepted" });
  expect(await midjourney.poll?.("123")).toMatchObject({ kind: "failed", failure: { class: "fall-back" } });
});
