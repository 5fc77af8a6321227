/** What a graph of nodes asks to be drawn. */
export type Wanted = {
  /** The node that gives the pictures. */
  node: string;
  isPreview: boolean;
  prefix: string;
  prompt: string;
  negative: string;
  seed: number | undefined;
  width: number;
  height: number;
  count: number;
};

type Node = { class_type: string; inputs: Readonly<Record<string, unknown>> };
type Problem = { error: { type: string; message: string; details: string; extra_info: object }; nodeErrors: object };

const outputs = ["SaveImage", "PreviewImage"];
const sideMax = 4_096;
const nodesMax = 500;

/** The nodes that it has, and the inputs that each needs. Others are refused, as on a machine where nothing was added. */
const known: Readonly<Record<string, readonly string[]>> = {
  CheckpointLoaderSimple: ["ckpt_name"],
  UNETLoader: ["unet_name", "weight_dtype"],
  DualCLIPLoader: ["clip_name1", "clip_name2", "type"],
  VAELoader: ["vae_name"],
  LoraLoader: ["model", "clip", "lora_name", "strength_model", "strength_clip"],
  CLIPTextEncode: ["text", "clip"],
  FluxGuidance: ["conditioning", "guidance"],
  EmptyLatentImage: ["width", "height", "batch_size"],
  EmptySD3LatentImage: ["width", "height", "batch_size"],
  KSampler: ["model", "seed", "steps", "cfg", "sampler_name", "scheduler", "positive", "negative", "latent_image", "denoise"],
  VAEDecode: ["samples", "vae"],
  VAEEncode: ["pixels", "vae"],
  LoadImage: ["image"],
  SaveImage: ["images", "filename_prefix"],
  PreviewImage: ["images"],
};

const problem = (type: string, message: string, details = "", nodeErrors: object = {}): Problem => ({
  error: { type, message, details, extra_info: {} },
  nodeErrors,
});

/** Reads a graph as the server does before it queues it. ⚠ Of the errors only `prompt_no_outputs` was seen. */
export function graphOf(value: unknown): { wanted: Wanted } | Problem {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return problem("no_prompt", "No prompt provided");
  const nodes = new Map(Object.entries(value as Readonly<Record<string, Node>>));
  if (nodes.size > nodesMax) return problem("invalid_prompt", `At most ${nodesMax} nodes`);
  for (const [id, node] of nodes)
    if (!(node?.class_type in known)) return problem("missing_node_type", `Node '${node?.class_type}' not found.`, `Node ID '#${id}'`);
  const output = [...nodes].find(([, node]) => outputs.includes(node.class_type));
  if (!output) return problem("prompt_no_outputs", "Prompt has no outputs");
  const wrong = [...nodes].flatMap(([id, node]) => findings(id, node, nodes));
  if (wrong.length > 0)
    return problem(
      "prompt_outputs_failed_validation",
      "Prompt outputs failed validation",
      wrong.map(([id]) => id).join(),
      Object.fromEntries(wrong),
    );
  const [node, { class_type, inputs }] = output;
  return { wanted: { node, isPreview: class_type === "PreviewImage", prefix: prefixOf(inputs.filename_prefix), ...drawnBy(nodes) } };
}

function findings(id: string, { class_type, inputs = {} }: Node, nodes: Map<string, Node>): [string, object][] {
  const missing = (known[class_type] ?? []).filter((name) => inputs[name] === undefined);
  const dangling = Object.entries(inputs).filter(([, input]) => Array.isArray(input) && !nodes.has(String(input[0])));
  const large =
    class_type.startsWith("Empty") && [inputs.width, inputs.height].some((side) => !(Number(side) >= 16 && Number(side) <= sideMax));
  const wrong = [
    ...missing.map((name) => ({ type: "required_input_missing", message: "Required input is missing", details: name })),
    ...dangling.map(([name]) => ({ type: "bad_linked_input", message: "Bad linked input", details: name })),
    ...(large ? [{ type: "value_not_in_range", message: "Value not in range", details: "width, height" }] : []),
  ];
  return wrong.length > 0 ? [[id, { errors: wrong, class_type }]] : [];
}

/** Follows the sampler's links to the words and the size. */
function drawnBy(nodes: Map<string, Node>): Omit<Wanted, "node" | "isPreview" | "prefix"> {
  const sampler = [...nodes.values()].find(({ class_type }) => class_type === "KSampler");
  const linked = (input: unknown) => (Array.isArray(input) ? nodes.get(String(input[0])) : undefined);
  const textOf = (node: Node | undefined): string => {
    if (node?.class_type === "FluxGuidance") return textOf(linked(node.inputs.conditioning));
    return node?.class_type === "CLIPTextEncode" ? String(node.inputs.text) : "";
  };
  const latent = linked(sampler?.inputs.latent_image);
  const side = (name: string) => (typeof latent?.inputs[name] === "number" ? latent.inputs[name] : 512);
  return {
    prompt: textOf(linked(sampler?.inputs.positive)),
    negative: textOf(linked(sampler?.inputs.negative)),
    seed: typeof sampler?.inputs.seed === "number" ? sampler.inputs.seed : undefined,
    width: side("width"),
    height: side("height"),
    count: typeof latent?.inputs.batch_size === "number" ? Math.min(8, Math.max(1, latent.inputs.batch_size)) : 1,
  };
}

const prefixOf = (value: unknown): string => String(value ?? "ComfyUI").replace(/[^\w-]/g, "_");
