import sharp from "sharp";
import { expect, test } from "vitest";
import { startBedrock } from "./bedrock.ts";
import type { Provider } from "./contract.ts";
import { closedAfterwards, post, prompt } from "./provider-calls.fixture.ts";

const bedrock = closedAfterwards(startBedrock);
const signed = {
  authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20261120/us-west-2/bedrock/aws4_request, SignedHeaders=host, Signature=0",
};
const invoke = (provider: Provider, model: string, body: object, headers: Record<string, string> = signed) =>
  post(provider, `/model/${encodeURIComponent(model)}/invoke`, body, headers);
const core = "stability.stable-image-core-v1:1";
const exception = (answer: Response) => [answer.status, answer.headers.get("x-amzn-errortype")?.split(":")[0]];

test("a signed call, or one with the key, draws in Stability's shape", async () => {
  const provider = await bedrock();
  const answer = await invoke(provider, core, { prompt, aspect_ratio: "16:9", seed: 5, output_format: "jpeg" });
  const { images, seeds, finish_reasons } = (await answer.json()) as {
    images: string[];
    seeds: number[];
    finish_reasons: (string | null)[];
  };
  expect({ seeds, finish_reasons }).toEqual({ seeds: [5], finish_reasons: [null] });
  const { width = 0, height = 0, format } = await sharp(Buffer.from(images[0] ?? "", "base64")).metadata();
  expect(format).toBe("jpeg");
  // Sides are in steps of 64 pixels.
  expect(Math.abs(width / height / (16 / 9) - 1)).toBeLessThan(0.06);
  expect((await invoke(provider, core, { prompt }, {})).status).toBe(200);
  expect(provider.predictions()).toHaveLength(2);
});

test("what was filtered is a 200 without a picture, and is not billed", async () => {
  const provider = await bedrock();
  provider.order("refuse");
  provider.order("refuseOtherwise");
  const filtered = async () => (await invoke(provider, core, { prompt })).json();
  expect(await filtered()).toEqual({ images: [], seeds: [], finish_reasons: ["Filter reason: prompt"] });
  expect(await filtered()).toMatchObject({ finish_reasons: ["Filter reason: output image"] });
  expect(provider.predictions().map(({ state, costMicroUsd }) => [state, costMicroUsd])).toEqual(Array(2).fill(["refused", 0]));
});

test("exceptions have their names in a header: retired and unknown models, wrong fields, wrong callers", async () => {
  const provider = await bedrock();
  expect(exception(await invoke(provider, "amazon.nova-canvas-v1:0", { taskType: "TEXT_IMAGE" }))).toEqual([
    404,
    "ResourceNotFoundException",
  ]);
  expect(exception(await invoke(provider, "someone.else-v1:0", { prompt }))).toEqual([400, "ValidationException"]);
  for (const body of [
    {},
    { prompt, width: 512 },
    { prompt, aspect_ratio: "4:3" },
    { prompt, seed: -1 },
    { prompt, output_format: "webp" },
    { prompt, mode: "image-to-image" },
  ])
    expect(exception(await invoke(provider, core, body))).toEqual([400, "ValidationException"]);
  expect(exception(await invoke(provider, core, { prompt }, { authorization: "Bearer another" }))).toEqual([
    403,
    "UnrecognizedClientException",
  ]);
  provider.order("throttle");
  expect(exception(await invoke(provider, core, { prompt }))).toEqual([429, "ThrottlingException"]);
  expect(provider.predictions()).toEqual([]);
});
