import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Provider } from "./contract.ts";
import { startGemini } from "./gemini.ts";
import { drawing, encode } from "./pictures/index.ts";
import { closedAfterwards, post, prompt } from "./provider-calls.fixture.ts";

const gemini = closedAfterwards(startGemini);

type Part = { text?: string; inlineData?: { mimeType: string; data: string } };
type Candidate = { content?: { role: string; parts: Part[] }; finishReason?: string; finishMessage?: string };
type Answered = {
  candidates?: Candidate[];
  promptFeedback?: { blockReason: string };
  usageMetadata: { totalTokenCount: number };
  modelVersion: string;
};

const text = "gemini-3.5-flash";
const image = "gemini-3.1-flash-image";
const contents = [{ role: "user", parts: [{ text: prompt }] }];

const ask = (provider: Provider, model: string, body: object, method = "generateContent") =>
  post(provider, `/v1beta/models/${model}:${method}`, body, { "x-goog-api-key": provider.key });
const answered = async (response: Promise<Response>) => (await (await response).json()) as Answered;
const errorOf = async (response: Response) => {
  const { error } = (await response.json()) as {
    error: { code: number; message: string; status: string; details: Record<string, unknown>[] };
  };
  expect(error.code).toBe(response.status);
  return error;
};

describe("content", () => {
  test("is text that follows from the words, with usage and a finish reason", async () => {
    const provider = await gemini();
    const first = await answered(ask(provider, text, { contents, systemInstruction: { parts: [{ text: "Be brief." }] } }));
    expect(first.candidates?.[0]).toMatchObject({
      finishReason: "STOP",
      content: { role: "model", parts: [{ text: expect.stringContaining(prompt) }] },
    });
    const other = await answered(ask(provider, text, { contents }));
    expect(other.candidates?.[0]?.content).not.toEqual(first.candidates?.[0]?.content);
    const short = await answered(ask(provider, text, { contents, generationConfig: { maxOutputTokens: 3 } }));
    expect(short.candidates?.[0]?.finishReason).toBe("MAX_TOKENS");
    expect(provider.predictions()).toHaveLength(3);
  });

  test("is an instance of a schema, of either kind, and once broken where that was ordered", async () => {
    const provider = await gemini();
    const config = (generationConfig: object) =>
      ask(provider, text, { contents, generationConfig: { responseMimeType: "application/json", ...generationConfig } });
    const said = async (generationConfig: object) =>
      (await answered(config(generationConfig))).candidates?.[0]?.content?.parts[0]?.text ?? "";
    const own = { responseSchema: { type: "OBJECT", properties: { n: { type: "INTEGER", minimum: 1, maximum: 5 } } } };
    provider.order("brokenJson");
    const broken = await said(own);
    expect(() => JSON.parse(broken)).toThrow();
    expect((JSON.parse(await said(own)) as { n: number }).n).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(await said({ responseJsonSchema: { type: "array", items: { const: "x" } } }))).toEqual(["x"]);
  });

  test("is a picture of the ratio and size that was asked for, with words beside it by default", async () => {
    const provider = await gemini();
    const parts = async (generationConfig?: object) =>
      (await answered(ask(provider, image, { contents, ...(generationConfig ? { generationConfig } : {}) }))).candidates?.[0]?.content
        ?.parts ?? [];
    const [drawn] = await parts({ responseModalities: ["IMAGE"], imageConfig: { aspectRatio: "16:9", imageSize: "2K" } });
    const { width = 0, height = 0, format } = await sharp(Buffer.from(drawn?.inlineData?.data ?? "", "base64")).metadata();
    expect([format, drawn?.inlineData?.mimeType]).toEqual(["png", "image/png"]);
    expect(width / height).toBeCloseTo(16 / 9, 1);
    expect(width * height).toBeGreaterThan(4_000_000);
    expect((await parts()).map((part) => Object.keys(part)[0])).toEqual(["text", "inlineData"]);
  });

  test("streams in pieces: events without [DONE], or one list of JSON", async () => {
    const provider = await gemini();
    const whole = (await answered(ask(provider, text, { contents }))).candidates?.[0]?.content?.parts[0]?.text;
    const sse = await (await ask(provider, text, { contents }, "streamGenerateContent?alt=sse")).text();
    const lines = sse.split("\r\n\r\n").filter(Boolean);
    const chunks = lines.map((line) => JSON.parse(line.slice("data: ".length)) as Answered);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.map(({ candidates }) => candidates?.[0]?.content?.parts[0]?.text).join("")).toBe(whole);
    expect(chunks.map(({ candidates }) => candidates?.[0]?.finishReason).filter(Boolean)).toEqual(["STOP"]);
    expect(chunks.map(({ usageMetadata }) => usageMetadata !== undefined)).toEqual([...Array(chunks.length - 1).fill(false), true]);
    const list = (await (await ask(provider, text, { contents }, "streamGenerateContent")).json()) as Answered[];
    expect(list).toHaveLength(chunks.length);
  });

  test("that is refused is a 200: without candidates, or with one that has no content", async () => {
    const provider = await gemini();
    provider.order("refuse");
    const blocked = await ask(provider, image, { contents });
    expect([blocked.status, await blocked.json()]).toEqual([200, expect.not.objectContaining({ candidates: expect.anything() })]);
    provider.order("refuseOtherwise", { times: 2 });
    const stopped = await answered(ask(provider, image, { contents }));
    expect(stopped.candidates).toEqual([{ finishReason: "IMAGE_SAFETY", finishMessage: expect.any(String), index: 0 }]);
    expect((await answered(ask(provider, text, { contents }))).candidates?.[0]).toMatchObject({ finishReason: "SAFETY" });
    expect(provider.predictions().map(({ state, costMicroUsd }) => [state, costMicroUsd])).toEqual([
      ["refused", 0],
      ["refused", 0],
      ["refused", expect.any(Number)],
    ]);
    expect(provider.predictions()[2]?.costMicroUsd).toBeGreaterThan(0);
  });
});

describe("a picture to look at", () => {
  const sent = (bytes: Buffer, mimeType = "image/png") => [
    { role: "user", parts: [{ inlineData: { mimeType, data: bytes.toString("base64") } }] },
  ];
  const file = (width: number, height: number) => encode(drawing("a fox", width, height)).bytes;

  test("is told of as it is, and counted", async () => {
    const provider = await gemini();
    const told = async (width: number, height: number) => {
      const { candidates, usageMetadata } = await answered(ask(provider, text, { contents: sent(file(width, height)) }));
      return { words: candidates?.[0]?.content?.parts[0]?.text ?? "", tokens: usageMetadata.totalTokenCount };
    };
    const wide = await told(320, 200);
    expect(wide.words).toMatch(/I see: \w+\. I see: wide\.$/);
    expect(wide.tokens).toBeGreaterThan(1_120);
    expect((await told(200, 320)).words).toMatch(/I see: tall\.$/);
    expect(await told(320, 200)).toEqual(wide);
    expect(provider.predictions()[0]?.parameters).toMatchObject({ pictures: [{ format: "png", width: 320, height: 200 }] });
  });

  test.each([
    ["of no type that it takes", sent(file(64, 64), "image/svg+xml")],
    ["of another type than its own", sent(file(64, 64), "image/webp")],
    ["that is none", sent(Buffer.from("a fox"))],
    ["that is cut off", sent(file(64, 64).subarray(0, -20))],
    ["not in base64", [{ role: "user", parts: [{ inlineData: { mimeType: "image/png", data: "%%%%" } }] }]],
  ])("%s is an INVALID_ARGUMENT, and costs nothing", async (_, contents) => {
    const provider = await gemini();
    expect((await errorOf(await ask(provider, text, { contents }))).status).toBe("INVALID_ARGUMENT");
    expect(provider.predictions()).toEqual([]);
  });
});

describe("a wrong request", () => {
  test("is an INVALID_ARGUMENT, and costs nothing", async () => {
    const provider = await gemini();
    const config = (generationConfig: object) => ({ contents, generationConfig });
    const wrong: [string, object][] = [
      [text, {}],
      [text, { contents, prompt }],
      [text, { contents: [{ role: "assistant", parts: [{ text: prompt }] }] }],
      [text, { contents, safetySettings: [{ category: "HARM_CATEGORY_RUDE", threshold: "OFF" }] }],
      [text, config({ width: 512 })],
      [text, config({ responseSchema: { type: "OBJECT" } })],
      [text, config({ responseModalities: ["IMAGE"] })],
      [image, config({ imageConfig: { aspectRatio: "7:3" } })],
      [image, config({ imageConfig: { imageSize: "8K" } })],
    ];
    for (const [model, body] of wrong) expect((await errorOf(await ask(provider, model, body))).status).toBe("INVALID_ARGUMENT");
    expect(provider.predictions()).toEqual([]);
  });

  test("of a retired or unknown model, or a method that it has not, is NOT_FOUND", async () => {
    const provider = await gemini();
    for (const model of ["gemini-2.0-flash", "gemini-2.5-flash-image", "imagen-4.0-generate-001", "someone-else"])
      expect((await errorOf(await ask(provider, model, { contents }))).status).toBe("NOT_FOUND");
    expect((await errorOf(await ask(provider, text, { contents }, "embedContent"))).status).toBe("NOT_FOUND");
    expect((await errorOf(await ask(provider, "gemini-embedding-001", { contents }))).status).toBe("NOT_FOUND");
  });

  test("with a wrong key is a 400, as Google says it", async () => {
    const provider = await gemini();
    const error = await errorOf(await ask({ ...provider, key: "another" }, text, { contents }));
    expect(error).toMatchObject({ code: 400, details: [{ reason: "API_KEY_INVALID" }] });
  });

  test("too many tell in their details whether waiting helps", async () => {
    const provider = await gemini();
    const details = async () => JSON.stringify((await errorOf(await ask(provider, text, { contents }))).details);
    provider.order("throttle");
    expect(await details()).toMatch(/PerMinute.*"retryDelay":"2.25s"/);
    provider.order("throttleWithoutRetryAfter");
    expect(await details()).not.toContain("RetryInfo");
    provider.order("outOfCredit");
    expect(await details()).toContain("PerDay");
  });
});

describe("embeddings", () => {
  const content = (words: string) => ({ parts: [{ text: words }] });
  const dot = (one: number[], other: number[]) => one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

  test("come in order, of the length asked for; texts that share words lie near each other", async () => {
    const provider = await gemini();
    const model = "models/gemini-embedding-001";
    const requests = ["red fox in snow", "a red fox", "tax return form"].map((words) => ({ model, content: content(words) }));
    const { embeddings } = (await (await ask(provider, "gemini-embedding-001", { requests }, "batchEmbedContents")).json()) as {
      embeddings: { values: number[] }[];
    };
    const [first = [], near = [], far = []] = embeddings.map(({ values }) => values);
    expect([first.length, near.length, far.length]).toEqual([3072, 3072, 3072]);
    expect(dot(first, first)).toBeCloseTo(1);
    expect(dot(first, near)).toBeGreaterThan(dot(first, far) + 0.3);
    const small = await ask(provider, "gemini-embedding-001", { content: content("a red fox"), outputDimensionality: 768 }, "embedContent");
    expect(((await small.json()) as { embedding: { values: number[] } }).embedding.values).toHaveLength(768);
    expect(provider.predictions()).toHaveLength(4);
  });

  test("of several parts are one vector, and of another model another space", async () => {
    const provider = await gemini();
    const embed = async (model: string, parts: object[], more: object = {}) => {
      const answer = await ask(provider, model, { content: { parts }, ...more }, "embedContent");
      return answer.ok ? ((await answer.json()) as { embedding: { values: number[] } }).embedding.values : answer.status;
    };
    const parts = [{ text: "red" }, { text: "fox" }];
    expect(await embed("gemini-embedding-2", parts)).toHaveLength(3072);
    expect(await embed("gemini-embedding-2", parts)).not.toEqual(await embed("gemini-embedding-001", parts));
    expect(await embed("gemini-embedding-2", parts, { taskType: "RETRIEVAL_QUERY" })).toBe(400);
    expect(await embed("gemini-embedding-001", [])).toBe(400);
    expect(await embed("gemini-embedding-001", parts, { outputDimensionality: 64 })).toBe(400);
  });
});
