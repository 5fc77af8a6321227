import { onTestFinished, vi } from "vitest";
import type { Provider } from "./contract.ts";
import type { ProviderName } from "./providers.ts";

export const prompt = "a red fox in the snow";

/** How a provider is asked for one piece of paid work, and for what came of it. Without `bytes` it is a model of text. */
export type Call = {
  work(provider: Provider): Promise<Response>;
  /** Where the result does not come with the answer: waits until it is there, and asks for it. */
  result?(provider: Provider, answered: Response): Promise<Response>;
  /** The picture in the result. */
  bytes?(result: Response): Promise<Buffer>;
};

const bearer = ({ key }: Provider) => ({ authorization: `Bearer ${key}` });

/** Starts providers that are closed when the test has ended. */
export function closedAfterwards<Options, Started extends Provider>(start: (options?: Options) => Promise<Started>) {
  return async (options?: Options): Promise<Started> => {
    const provider = await start(options);
    onTestFinished(provider.close);
    return provider;
  };
}

/** A POST of JSON, with the provider's bearer key unless another header says who asks. */
export function post(provider: Provider, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(provider.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer(provider), ...headers },
    body: JSON.stringify(body),
  });
}

/** A GET with the provider's bearer key. */
export function get(provider: Provider, pathOrUrl: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(pathOrUrl.startsWith("http") ? pathOrUrl : provider.url + pathOrUrl, { headers: { ...bearer(provider), ...headers } });
}

const jsonOf = async <Shape>(response: Response) => (await response.json()) as Shape;
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const base64 = (text: string | undefined) => Buffer.from(text ?? "", "base64");

/** A part of a form for Stability. */
export function form(fields: Readonly<Record<string, string | Blob>>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) typeof value === "string" ? body.set(name, value) : body.set(name, value, "input");
  return body;
}

const chat = (model: string) => ({ model, messages: [{ role: "user", content: prompt }] });
const basic = (provider: Provider) => ({ authorization: `Basic ${Buffer.from(provider.key).toString("base64")}` });

/** The smallest graph that ComfyUI draws. */
export const graph = {
  1: { class_type: "CheckpointLoaderSimple", inputs: { ckpt_name: "simulated.safetensors" } },
  2: { class_type: "CLIPTextEncode", inputs: { text: prompt, clip: ["1", 1] } },
  3: { class_type: "CLIPTextEncode", inputs: { text: "blurry", clip: ["1", 1] } },
  4: { class_type: "EmptyLatentImage", inputs: { width: 320, height: 192, batch_size: 1 } },
  5: {
    class_type: "KSampler",
    inputs: {
      model: ["1", 0],
      seed: 7,
      steps: 20,
      cfg: 7,
      sampler_name: "euler",
      scheduler: "normal",
      positive: ["2", 0],
      negative: ["3", 0],
      latent_image: ["4", 0],
      denoise: 1,
    },
  },
  6: { class_type: "VAEDecode", inputs: { samples: ["5", 0], vae: ["1", 2] } },
  7: { class_type: "SaveImage", inputs: { images: ["6", 0], filename_prefix: "fox" } },
} as const;

export const calls: Readonly<Record<ProviderName, Call>> = {
  replicate: {
    work: (provider) =>
      post(
        provider,
        "/v1/models/black-forest-labs/flux-schnell/predictions",
        { input: { prompt, output_format: "png" } },
        { prefer: "wait" },
      ),
    result: async (provider, answered) => get(provider, String((await jsonOf<{ output: string[] }>(answered)).output[0])),
    bytes: bytesOf,
  },
  stability: {
    work: (provider) =>
      fetch(`${provider.url}/v2beta/stable-image/generate/core`, { method: "POST", headers: bearer(provider), body: form({ prompt }) }),
    bytes: bytesOf,
  },
  huggingface: {
    work: (provider) => post(provider, "/hf-inference/models/stabilityai/stable-diffusion-xl-base-1.0", { inputs: prompt }),
    bytes: bytesOf,
  },
  gemini: {
    work: (provider) =>
      post(
        provider,
        "/v1beta/models/gemini-3.1-flash-image:generateContent",
        { contents: [{ parts: [{ text: prompt }] }], generationConfig: { responseModalities: ["IMAGE"] } },
        { "x-goog-api-key": provider.key },
      ),
    async bytes(result) {
      type Shape = { candidates: { content: { parts: { inlineData: { data: string } }[] } }[] };
      return base64((await jsonOf<Shape>(result)).candidates[0]?.content.parts[0]?.inlineData.data);
    },
  },
  openai: {
    work: (provider) => post(provider, "/v1/images/generations", { prompt, model: "gpt-image-2", quality: "low" }),
    bytes: async (result) => base64((await jsonOf<{ data: { b64_json: string }[] }>(result)).data[0]?.b64_json),
  },
  midjourney: {
    work: (provider) => post(provider, "/mj/submit/imagine", { prompt }, { "mj-api-secret": provider.key }),
    async result(provider, answered) {
      const { result: id } = await jsonOf<{ result: string }>(answered);
      return vi.waitFor(async () => {
        const task = await jsonOf<{ imageUrl: string | null }>(
          await get(provider, `/mj/task/${id}/fetch`, { "mj-api-secret": provider.key }),
        );
        if (!task.imageUrl) throw new Error("not drawn yet");
        return fetch(task.imageUrl);
      });
    },
    bytes: bytesOf,
  },
  blackbox: {
    work: (provider) => post(provider, "/chat/completions", chat("blackboxai/black-forest-labs/flux-schnell")),
    async result(_, answered) {
      const { choices } = await jsonOf<{ choices: { message: { content: string } }[] }>(answered);
      return fetch(String(choices[0]?.message.content));
    },
    bytes: bytesOf,
  },
  automatic1111: {
    work: (provider) => post(provider, "/sdapi/v1/txt2img", { prompt }, basic(provider)),
    bytes: async (result) => base64((await jsonOf<{ images: string[] }>(result)).images[0]),
  },
  comfyui: {
    work: (provider) => post(provider, "/prompt", { prompt: graph }),
    async result(provider, answered) {
      const { prompt_id: id } = await jsonOf<{ prompt_id: string }>(answered);
      type History = Record<string, { outputs: Record<string, { images: { filename: string }[] }> }>;
      const filename = await vi.waitFor(async () => {
        const run = (await jsonOf<History>(await get(provider, `/history/${id}`)))[id];
        if (!run) throw new Error("not drawn yet");
        return run.outputs["7"]?.images[0]?.filename;
      });
      return get(provider, `/view?filename=${filename}&subfolder=&type=output`);
    },
    bytes: bytesOf,
  },
  bedrock: {
    work: (provider) => post(provider, "/model/stability.sd3-5-large-v1%3A0/invoke", { prompt }),
    bytes: async (result) => base64((await jsonOf<{ images: string[] }>(result)).images[0]),
  },
  groq: { work: (provider) => post(provider, "/openai/v1/chat/completions", chat("llama-3.3-70b-versatile")) },
  deepinfra: { work: (provider) => post(provider, "/v1/openai/chat/completions", chat("meta-llama/Llama-3.3-70B-Instruct")) },
};
