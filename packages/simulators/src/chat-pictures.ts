import { invalid } from "./openai-errors.ts";
import { bytesOf, type Seen, seenIn } from "./pictures/index.ts";

const known = /^data:image\/(?:png|jpe?g|webp|gif);base64,(.*)$/s;

/** ⚠ Beyond so many patches of 32 by 32 pixels a picture is made smaller. */
const patchesMax = 1_536;
/** ⚠ Of OpenAI's small models. */
const tokensPerPatch = 1.62;

export const tokensOfPicture = ({ width, height }: Seen): number =>
  Math.ceil(Math.min(patchesMax, Math.ceil(width / 32) * Math.ceil(height / 32)) * tokensPerPatch);

type Part = { type?: unknown; text?: unknown; image_url?: { url?: unknown } };

/**
 * The pictures of a message, from its parts, for a model that sees or not. URLs of the web are not fetched: they are answered like those where nothing is.
 * ⚠ How each error is worded, and its code.
 */
export function picturesIn(content: unknown, at: string, sees: boolean): Seen[] {
  if (!Array.isArray(content)) return [];
  if (content.length === 0) invalid(`${at} needs a part at least.`, at);
  return (content as Part[]).flatMap((part, index) => {
    const param = `${at}[${index}]`;
    if (part?.type === "text" && typeof part.text === "string") return [];
    if (part?.type !== "image_url") invalid(`Invalid value: '${part?.type}'. Supported values are: 'text', 'image_url'.`, `${param}.type`);
    if (!sees) invalid(`${at} must be a string: this model reads text alone.`, at);
    return [pictureAt(part.image_url?.url, `${param}.image_url.url`)];
  });
}

function pictureAt(url: unknown, param: string): Seen {
  if (typeof url !== "string") invalid(`Invalid type for '${param}': expected a string.`, param, "invalid_type");
  if (/^https?:/.test(url)) invalid("Failed to download image from the URL.", param, "invalid_image_url");
  const [, base64] = known.exec(url) ?? invalid("Expected a base64-encoded data URL with an image MIME type.", param, "invalid_image_url");
  const bytes = bytesOf(base64) ?? invalid("Invalid base64 image_url.", param, "invalid_base64");
  return (
    seenIn(bytes) ??
    invalid(
      "You uploaded an unsupported image. Please make sure your image is valid and has of one of the following formats: ['png', 'jpeg', 'gif', 'webp'].",
      param,
      "invalid_image_format",
    )
  );
}
