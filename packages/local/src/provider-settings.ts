/** Keys and addresses of providers of images, the order in which they are asked (docs/guides/providers.md), and what may be drawn (docs/guides/safety.md). */
const names =
  /^(REPLICATE|STABILITY|OPENAI|GEMINI|HF|MIDJOURNEY|BLACKBOX|BEDROCK|AUTOMATIC1111|COMFYUI|PROVIDER|MATURE|AGE_CHECK)_[A-Z_]+$/;

/** What of the environment is passed on to functions: of a person's variables they get no others. */
export const providerSettingsIn = (environment: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "" && names.test(entry[0]),
    ),
  );
