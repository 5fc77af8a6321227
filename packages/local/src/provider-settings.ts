/**
 * Keys and addresses of providers of images and of text, the order in which they are asked (docs/guides/providers.md, text-models.md), what may be drawn
 * (docs/guides/safety.md), and who looks at pictures (docs/guides/library.md).
 */
const names =
  /^(REPLICATE|STABILITY|OPENAI|GEMINI|HF|MIDJOURNEY|BLACKBOX|BEDROCK|AUTOMATIC1111|COMFYUI|GROQ|DEEPINFRA|PROVIDER|TEXT|SAFETY|VISION|MATURE|AGE_CHECK)_[A-Z_]+$/;

/** What of the environment is passed on to functions: of a person's variables they get no others. */
export const providerSettingsIn = (environment: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "" && names.test(entry[0]),
    ),
  );
