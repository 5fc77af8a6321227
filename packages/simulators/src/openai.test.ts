import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Provider } from "./contract.ts";
import { startDeepinfra } from "./deepinfra.ts";
import { startGroq } from "./groq.ts";
import { startOpenai } from "./openai.ts";
import { drawing, encode } from "./pictures/index.ts";
import { calls, closedAfterwards, form, post, prompt } from "./provider-calls.fixture.ts";

const openai = closedAfterwards(startOpenai);
const groq = closedAfterwards(startGroq);
const deepinfra = closedAfterwards(startDeepinfra);

type Failed = { error: { message: string; type: string; param: string | null; code: string | null } };
const errorOf = async (response: Response) => ({ status: response.status, ...((await response.json()) as Failed).error });

describe("pictures", () => {
  type Drawn = { data: { b64_json: string }[]; size: string; usage: { output_tokens: number } };
  const draw = (provider: Provider, body: object) => post(provider, "/v1/images/generations", { prompt, model: "gpt-image-1", ...body });
  const sizeOf = async (b64: string | undefined) => {
    const { width, height, format, hasAlpha } = await sharp(Buffer.from(b64 ?? "", "base64")).metadata();
    return { width, height, format, hasAlpha };
  };

  test("have the count, size, format and background that was asked for, and differ", async () => {
    const provider = await openai();
    const body = { n: 2, size: "1536x1024", background: "transparent", quality: "low" };
    const { data, size, usage } = (await (await draw(provider, body)).json()) as Drawn;
    expect(size).toBe("1536x1024");
    expect(await Promise.all(data.map(({ b64_json }) => sizeOf(b64_json)))).toEqual(
      Array(2).fill({ width: 1536, height: 1024, format: "png", hasAlpha: true }),
    );
    expect(data[0]).not.toEqual(data[1]);
    expect(usage.output_tokens).toBe(816);
    expect(provider.predictions()).toMatchObject([{ model: "gpt-image-1", costMicroUsd: 816 * 40 + 6 * 5, parameters: { n: 2 } }]);
  });

  test("of gpt-image-2 take any size in sixteens, up to its bounds", async () => {
    const provider = await openai();
    const ask = async (size: string) =>
      (await draw(provider, { model: "gpt-image-2", size, output_format: "webp", quality: "low" })).status;
    expect(await Promise.all(["3840x2160", "640x1920", "1024x1024"].map(ask))).toEqual([200, 200, 200]);
    expect(await Promise.all(["1000x1000", "3856x2160", "512x2048", "4096x4096"].map(ask))).toEqual([400, 400, 400, 400]);
  });

  test("that are wrongly asked for are refused by the field's name, and cost nothing", async () => {
    const provider = await openai();
    const wrong: [object, string][] = [
      [{ prompt: "" }, "prompt"],
      [{ prompt: "x".repeat(32_001) }, "prompt"],
      [{ response_format: "b64_json" }, "response_format"],
      [{ size: "512x512" }, "size"],
      [{ n: 11 }, "n"],
      [{ quality: "ultra" }, "quality"],
      [{ model: "dall-e-3" }, "model"],
      [{ background: "transparent", output_format: "jpeg" }, "background"],
      [{ background: "transparent", model: "gpt-image-2" }, "background"],
      [{ seed: 5 }, "seed"],
    ];
    for (const [body, param] of wrong) expect(await errorOf(await draw(provider, body))).toMatchObject({ status: 400, param });
    expect(provider.predictions()).toEqual([]);
  });

  test("are refused by moderation, or for an empty account that no waiting fills", async () => {
    const provider = await openai();
    provider.order("refuse");
    expect(await errorOf(await draw(provider, {}))).toMatchObject({ status: 400, code: "moderation_blocked" });
    provider.order("outOfCredit");
    expect(await errorOf(await draw(provider, {}))).toMatchObject({ status: 429, code: "insufficient_quota" });
    provider.order("throttle");
    const throttled = await draw(provider, {});
    expect(throttled.headers.get("retry-after")).toBe("2");
    expect(await errorOf(throttled)).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
    expect(provider.predictions()).toEqual([]);
  });

  test("are edited from one picture or several, sent as a form", async () => {
    const provider = await openai();
    const headers = { authorization: `Bearer ${provider.key}` };
    const picture = () => new Blob([new Uint8Array(encode(drawing("in", 64, 64)).bytes)], { type: "image/png" });
    const edit = (body: FormData) => fetch(`${provider.url}/v1/images/edits`, { method: "POST", headers, body });
    const several = form({ prompt, model: "gpt-image-1", n: "2", quality: "low" });
    several.append("image[]", picture(), "one.png");
    several.append("image[]", picture(), "two.png");
    const { data } = (await (await edit(several)).json()) as Drawn;
    expect(await sizeOf(data[1]?.b64_json)).toMatchObject({ width: 1024, height: 1024 });
    expect(provider.predictions()).toMatchObject([{ parameters: { pictures: 2 } }]);
    expect(await errorOf(await edit(form({ prompt })))).toMatchObject({ status: 400, param: "image" });
    expect(await errorOf(await edit(form({ prompt, image: new Blob(["no picture"]) })))).toMatchObject({ status: 400, param: "image" });
    expect((await post(provider, "/v1/images/edits", { prompt })).status).toBe(400);
  });
});

describe("chat", () => {
  type Choice = { message: { content: string | null; refusal?: string }; finish_reason: string };
  type Completion = { id: string; choices: [Choice]; usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number } };
  const ask = (provider: Provider, body: object, path = "/v1/chat/completions") =>
    post(provider, path, { model: "gpt-5-mini", messages: [{ role: "user", content: prompt }], ...body });
  const completion = async (response: Promise<Response>) => (await (await response).json()) as Completion;

  test("says the same to the same words, and counts tokens", async () => {
    const provider = await openai();
    const first = await completion(ask(provider, {}));
    expect(first.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: expect.stringContaining(prompt) } });
    expect(first.usage.total_tokens).toBe(first.usage.prompt_tokens + first.usage.completion_tokens);
    expect((await completion(ask(provider, {}))).choices).toEqual(first.choices);
    expect(provider.predictions()[0]).toMatchObject({ id: first.id, prompt, state: "succeeded" });
    const short = await completion(ask(provider, { max_tokens: 2 }));
    expect(short).toMatchObject({ choices: [{ finish_reason: "length" }], usage: { completion_tokens: 2 } });
  });

  const schema = {
    type: "object",
    properties: { title: { type: "string", maxLength: 60 }, tags: { type: "array", items: { type: "string" }, minItems: 3, maxItems: 3 } },
    required: ["title", "tags"],
  };
  const asJson = { response_format: { type: "json_schema", json_schema: { name: "post", schema, strict: true } } };

  test("gives an instance of the schema, and once broken JSON where that was ordered", async () => {
    const provider = await openai();
    provider.order("brokenJson");
    const content = async () => (await completion(ask(provider, asJson))).choices[0].message.content ?? "";
    const broken = await content();
    expect(() => JSON.parse(broken)).toThrow();
    const repaired = JSON.parse(await content()) as { title: string; tags: string[] };
    expect(repaired.tags).toHaveLength(3);
    expect(repaired.title.length).toBeLessThanOrEqual(60);
    const any = await completion(
      ask(provider, { response_format: { type: "json_object" }, messages: [{ role: "system", content: "Answer in JSON" }] }),
    );
    expect(() => JSON.parse(any.choices[0].message.content ?? "")).not.toThrow();
    expect(provider.counts().brokenJson).toBe(1);
  });

  test("leaves broken JSON for a request that wants JSON", async () => {
    const provider = await openai();
    provider.order("brokenJson");
    await completion(ask(provider, {}));
    expect(provider.counts().brokenJson).toBe(0);
    const broken = await completion(ask(provider, asJson));
    expect(() => JSON.parse(broken.choices[0].message.content ?? "")).toThrow();
  });

  test("streams the same words in pieces, with usage where it is asked for, and [DONE]", async () => {
    const provider = await openai();
    const whole = await completion(ask(provider, {}));
    const response = await ask(provider, { stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const lines = (await response.text()).split("\n\n").filter(Boolean);
    expect(lines.at(-1)).toBe("data: [DONE]");
    type Chunk = { choices: { delta: { content?: string }; finish_reason: string | null }[]; usage?: object };
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line.slice("data: ".length)) as Chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(whole.choices[0].message.content);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(await (await ask(provider, { stream: true })).text()).not.toContain("usage");
  });

  test("refuses in its own field, by its filter, or in plain words, and bills that", async () => {
    const provider = await openai();
    provider.order("refuse");
    expect((await completion(ask(provider, {}))).choices[0].message).toMatchObject({ content: null, refusal: expect.any(String) });
    provider.order("refuseOtherwise");
    expect((await completion(ask(provider, {}))).choices[0].finish_reason).toBe("content_filter");
    const other = await groq();
    other.order("refuse");
    const worded = await completion(calls.groq.work(other));
    expect(worded.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: expect.stringContaining("can't help") } });
    expect([...provider.predictions(), ...other.predictions()].map(({ state, costMicroUsd }) => [state, costMicroUsd > 0])).toEqual(
      Array(3).fill(["refused", true]),
    );
  });

  test("that is wrongly asked for is refused by the field's name", async () => {
    const provider = await openai();
    const wrong: [object, string][] = [
      [{ model: "" }, "model"],
      [{ messages: [] }, "messages"],
      [{ messages: [{ role: "robot", content: "x" }] }, "messages[0].role"],
      [{ messages: [{ role: "user", content: 5 }] }, "messages[0].content"],
      [{ max_tokens: 0 }, "max_tokens"],
      [{ response_format: { type: "xml" } }, "response_format.type"],
      [{ response_format: { type: "json_object" } }, "messages"],
      [{ response_format: { type: "json_schema", json_schema: { schema } } }, "response_format.json_schema.name"],
    ];
    for (const [body, param] of wrong) expect(await errorOf(await ask(provider, body))).toMatchObject({ status: 400, param });
  });

  test("sees the pictures that it is sent: what it says follows from them, byte for byte", async () => {
    const provider = await openai();
    const said = async (width: number, height: number, words = "a fox") => {
      const { bytes, type } = encode(drawing(words, width, height));
      const url = `data:${type};base64,${bytes.toString("base64")}`;
      const content = [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url } },
      ];
      const done = await completion(ask(provider, { ...asJson, messages: [{ role: "user", content }] }));
      return { tags: (JSON.parse(done.choices[0].message.content ?? "") as { tags: string[] }).tags, tokens: done.usage.prompt_tokens };
    };
    const wide = await said(320, 200);
    expect(wide.tags).toHaveLength(3);
    expect(wide.tags[1]).toBe("wide");
    expect((await said(200, 320)).tags[1]).toBe("tall");
    expect(await said(320, 200)).toEqual(wide);
    const others = await Promise.all(["a ship", "a tree", "a bell", "a lamp"].map((words) => said(320, 200, words)));
    expect(new Set([wide, ...others].map(({ tags }) => tags[0])).size).toBeGreaterThan(1);
    expect((await said(640, 640)).tokens).toBeGreaterThan(wide.tokens + 300);
    expect(provider.predictions()[0]?.parameters).toMatchObject({ pictures: [{ format: "png", width: 320, height: 200 }] });
  });

  test.each([
    ["no data: URL", "image_url", "fox.png", "messages[0].content[0].image_url.url"],
    ["one of the web, where nothing is", "image_url", "https://example.org/fox.png", "messages[0].content[0].image_url.url"],
    ["not of base64", "image_url", "data:image/png;base64,%%%%", "messages[0].content[0].image_url.url"],
    ["no picture", "image_url", `data:image/png;base64,${Buffer.from("a fox").toString("base64")}`, "messages[0].content[0].image_url.url"],
    [
      "cut off",
      "image_url",
      `data:image/png;base64,${encode(drawing("a fox", 64, 64))
        .bytes.subarray(0, -20)
        .toString("base64")}`,
      "messages[0].content[0].image_url.url",
    ],
    ["a part of another kind", "picture", "data:image/png;base64,AAAA", "messages[0].content[0].type"],
  ])("takes no picture that is %s", async (_, type, url, param) => {
    const provider = await openai();
    const messages = [{ role: "user", content: [{ type, image_url: { url } }] }];
    expect(await errorOf(await ask(provider, { messages }))).toMatchObject({ status: 400, param });
    expect(provider.predictions()).toEqual([]);
  });

  test("of a model that is blind takes no picture", async () => {
    const provider = await groq();
    const { bytes } = encode(drawing("a fox", 64, 64));
    const content = [{ type: "image_url", image_url: { url: `data:image/png;base64,${bytes.toString("base64")}` } }];
    const answer = await ask(
      provider,
      { model: "llama-3.3-70b-versatile", messages: [{ role: "user", content }] },
      "/openai/v1/chat/completions",
    );
    expect(await errorOf(answer)).toMatchObject({ status: 400, param: "messages[0].content" });
  });

  test("has Groq's rate headers, and DeepInfra's estimated cost", async () => {
    const answer = await calls.groq.work(await groq());
    expect(answer.headers.get("x-ratelimit-remaining-requests")).toBe("14399");
    expect(answer.headers.get("x-ratelimit-reset-requests")).toMatch(/^\d+m[\d.]+s$/);
    const provider = await deepinfra();
    const { usage } = (await (await calls.deepinfra.work(provider)).json()) as { usage: { estimated_cost: number } };
    expect(usage.estimated_cost * 1_000_000).toBeCloseTo(provider.predictions()[0]?.costMicroUsd ?? 0);
    provider.order("throttle");
    expect((await calls.deepinfra.work(provider)).headers.has("retry-after")).toBe(false);
  });
});
