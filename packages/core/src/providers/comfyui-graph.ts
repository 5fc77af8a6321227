import type { Asked } from "./asked.ts";

/** The usual graph of words to a picture, for a checkpoint that holds all it needs. */
export function graphOf({ row, prompt, negativePrompt = "", seed = 0, width, height, parameters }: Asked): object {
  const { steps = 25, cfg = 7, sampler_name = "euler", scheduler = "normal" } = parameters;
  return {
    checkpoint: { class_type: "CheckpointLoaderSimple", inputs: { ckpt_name: row.model } },
    wanted: { class_type: "CLIPTextEncode", inputs: { text: prompt, clip: ["checkpoint", 1] } },
    unwanted: { class_type: "CLIPTextEncode", inputs: { text: negativePrompt, clip: ["checkpoint", 1] } },
    empty: { class_type: "EmptyLatentImage", inputs: { width, height, batch_size: 1 } },
    sampler: {
      class_type: "KSampler",
      inputs: {
        model: ["checkpoint", 0],
        positive: ["wanted", 0],
        negative: ["unwanted", 0],
        latent_image: ["empty", 0],
        seed,
        steps,
        cfg,
        sampler_name,
        scheduler,
        denoise: 1,
      },
    },
    decoded: { class_type: "VAEDecode", inputs: { samples: ["sampler", 0], vae: ["checkpoint", 2] } },
    saved: { class_type: "SaveImage", inputs: { images: ["decoded", 0], filename_prefix: "atelier" } },
  };
}
