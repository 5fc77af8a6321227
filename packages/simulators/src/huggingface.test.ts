import sharp from "sharp";
import { expect, test } from "vitest";
import { startHuggingface } from "./huggingface.ts";
import { closedAfterwards, post, prompt } from "./provider-calls.fixture.ts";

const huggingface = closedAfterwards(startHuggingface);
const sdxl = "/hf-inference/models/stabilityai/stable-diffusion-xl-base-1.0";
const flux = "black-forest-labs/FLUX.1-schnell";

test("the hub tells who serves a model, and in which order", async () => {
  const provider = await huggingface({ mapping: { "own/model": [{ provider: "together", providerId: "own/model", status: "staging" }] } });
  const mapping = async (id: string) => {
    const answer = await fetch(`${provider.url}/api/models/${id}?expand[]=inferenceProviderMapping`);
    return ((await answer.json()) as { inferenceProviderMapping: Record<string, object> }).inferenceProviderMapping;
  };
  expect(Object.keys(await mapping(flux))).toEqual(["together", "nscale"]);
  expect(await mapping("own/model")).toEqual({ together: { providerId: "own/model", status: "staging", task: "text-to-image" } });
  expect((await fetch(`${provider.url}/api/models/nobody/nothing`)).status).toBe(404);
});

test("hf-inference sends raw bytes of the size asked for, the same for the same seed", async () => {
  const provider = await huggingface();
  const draw = async (parameters: object) => Buffer.from(await (await post(provider, sdxl, { inputs: prompt, parameters })).arrayBuffer());
  const first = await draw({ width: 768, height: 512, seed: 3, guidance_scale: 7 });
  expect(await sharp(first).metadata()).toMatchObject({ width: 768, height: 512, format: "png" });
  expect(await draw({ width: 768, height: 512, seed: 3, guidance_scale: 7 })).toEqual(first);
  expect(await draw({ width: 768, height: 512, seed: 4, guidance_scale: 7 })).not.toEqual(first);
  expect(provider.predictions()[0]).toMatchObject({ prompt, parameters: { guidance_scale: 7, seed: 3 } });
});

test("others send base64, under their own paths and for their own models alone", async () => {
  const provider = await huggingface();
  const draw = (name: string, body: object) =>
    post(provider, `/${name}/v1/images/generations`, { model: flux, prompt, response_format: "base64", ...body });
  const { data } = (await (await draw("together", { width: 256, height: 320 })).json()) as { data: { b64_json: string }[] };
  expect(await sharp(Buffer.from(data[0]?.b64_json ?? "", "base64")).metadata()).toMatchObject({ width: 256, height: 320 });
  expect((await draw("nscale", { response_format: "b64_json" })).status).toBe(200);
  expect((await draw("together", { response_format: "url" })).status).toBe(400);
  expect((await draw("together", { model: "stabilityai/stable-diffusion-xl-base-1.0" })).status).toBe(404);
  expect((await post(provider, `/hf-inference/models/${flux}`, { inputs: prompt })).status).toBe(404);
});

test("what goes wrong is told in its words, and costs nothing", async () => {
  const provider = await huggingface();
  const errorOf = async (response: Promise<Response>) => {
    const answer = await response;
    return [answer.status, ((await answer.json()) as { error: string }).error];
  };
  expect(await errorOf(post(provider, sdxl, { inputs: "" }))).toEqual([400, "inputs is a string"]);
  expect(await errorOf(post(provider, sdxl, { inputs: prompt, parameters: { width: 9_999 } }))).toEqual([400, "width is 64 to 2048"]);
  provider.order("unavailable");
  expect(await errorOf(post(provider, sdxl, { inputs: prompt }))).toEqual([503, expect.stringContaining("loading")]);
  provider.order("outOfCredit");
  expect(await errorOf(post(provider, sdxl, { inputs: prompt }))).toEqual([402, expect.stringContaining("monthly")]);
  provider.order("refuse");
  expect(await errorOf(post(provider, sdxl, { inputs: prompt }))).toEqual([400, expect.stringContaining("NSFW")]);
  expect(provider.predictions()).toEqual([]);
});
