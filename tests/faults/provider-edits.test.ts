import type { Client, Image, Operations } from "@atelier/client";
import { digitalSourceTypeIn } from "@atelier/core/provenance";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Atelier, removeFolder, startAtelier } from "../harness/atelier.ts";
import { type Person, signUp } from "../harness/person.ts";
import { until } from "../harness/until.ts";
import { drawn } from "../harness/work.ts";

let atelier: Atelier;
let ada: Person;
beforeAll(async () => {
  atelier = await startAtelier({ args: ["--simulate"] });
  ada = await signUp(atelier.url);
});
afterAll(async () => {
  await atelier.kill();
  removeFolder(atelier.dataFolder);
});

type Version = Operations["listVersions"]["answer"]["items"][number];
const booked = async () => (await ada.client.listBudgets()).items[0]?.usedMicroUsd ?? 0;

async function ended(client: Client, image: Image, id: string): Promise<Version> {
  return until(
    `the end of ${id}`,
    async () => {
      const { items } = await client.listVersions({ params: { id: image.id } });
      return items.find((version) => version.id === id && version.state !== "processing");
    },
    30_000,
  );
}

const file = async (url: string | undefined) => Buffer.from(await (await fetch(url ?? "")).arrayBuffer());

test("a background is taken away and a picture enlarged, each as a version with its cost, its transparency and its disclosure", async () => {
  const image = await drawn(ada.client);
  const params = { id: image.id };
  const before = await booked();
  const cut = await ada.client.editImage({ params, body: { operations: [{ type: "remove_background" }] } });
  expect(cut).toMatchObject({ number: 2, state: "processing", provider: "replicate", estimateMicroUsd: 10_000 });
  const made = await ended(ada.client, image, cut.id);
  expect(made).toMatchObject({ state: "ready" });
  expect(await booked()).toBe(before + 10_000);
  const meta = await sharp(await file(made.urls.original)).metadata();
  expect([meta.hasAlpha, meta.width, digitalSourceTypeIn(meta.xmpAsString)]).toEqual([true, 96, "trainedAlgorithmicMedia"]);
  const up = await ada.client.editImage({ params, body: { operations: [{ type: "upscale", factor: 2 }], model: "upscale-fast" } });
  const large = await ended(ada.client, image, up.id);
  expect(large).toMatchObject({
    state: "ready",
    provider: "stability",
    model: "upscale-fast",
    costMicroUsd: 20_000,
    width: 192,
    height: 128,
  });
});
