import { expect, test, vi } from "vitest";
import { pictureOf, rigged } from "./rigs.fixture.ts";

test("an attempt is found by its id from the queue to the history, and another is not", async () => {
  const { simulator, provider: comfyui, model } = await rigged("comfyui", { means: { now: () => Date.now() + 10 * 60_000 } });
  simulator.hold();
  simulator.order("resetAfter");
  const attempt = { picture: pictureOf(model), startedAt: new Date().toISOString() };
  expect(await comfyui.submit(attempt.picture)).toMatchObject({ failure: { class: "unknown-outcome" } });
  const found = { kind: "found", reference: attempt.picture.attemptId };
  expect(await comfyui.lookUp?.(attempt)).toEqual(found);
  simulator.release();
  await vi.waitFor(async () => expect(await comfyui.poll?.(found.reference)).toMatchObject({ kind: "done" }));
  expect(await comfyui.lookUp?.(attempt)).toEqual(found);
  expect(await comfyui.lookUp?.({ ...attempt, picture: { ...attempt.picture, attemptId: "att_other" } })).toEqual({ kind: "absent" });
});

test("only what is ours is stopped", async () => {
  const { simulator, provider: comfyui, model } = await rigged("comfyui");
  simulator.hold();
  for (const attemptId of ["att_1", "att_2"]) await comfyui.submit(pictureOf(model, { attemptId }));
  simulator.step();
  await comfyui.submit(pictureOf(model, { attemptId: "att_3" }));
  await comfyui.cancel?.("att_3");
  expect(simulator.predictions().map(({ state }) => state)).toEqual(["running", "running", "canceled"]);
  expect(await comfyui.poll?.("att_3")).toMatchObject({ kind: "failed" });
});
