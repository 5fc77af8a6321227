import type { Image } from "../library/index.ts";
import { isWithin, type Rating, screen } from "../safety/index.ts";
import type { Channel } from "./channel.ts";
import { maxCaption, type Post } from "./post.ts";

export type Finding = {
  channelId: string;
  rule:
    | "image-missing"
    | "image-not-approved"
    | "caption-too-long"
    | "alt-text-missing"
    | "words-refused"
    | "rating-not-allowed"
    | "channel-missing"
    | "image-repeated"
    | "alt-text-unused";
  severity: "error" | "warning";
  detail: string;
  /** One change of the post that mends it: the members to PATCH. */
  fix?: Record<string, unknown>;
};

export const captionFor = (post: Pick<Post, "caption" | "overrides">, channelId: string): string =>
  post.overrides[channelId]?.caption ?? post.caption;

/** Every rule of every channel, at creation and again before publishing. Captions are counted in characters as people see them. */
export function preflight(
  post: Pick<Post, "channelIds" | "imageIds" | "caption" | "altTexts" | "overrides"> & { hashtags?: readonly string[] },
  images: ReadonlyMap<string, Image>,
  channels: ReadonlyMap<string, Channel>,
): Finding[] {
  return post.channelIds.flatMap((channelId) => {
    const channel = channels.get(channelId);
    if (channel?.state !== "active") {
      const fix = post.channelIds.length > 1 ? { channelIds: post.channelIds.filter((id) => id !== channelId) } : undefined;
      return [
        {
          channelId,
          rule: "channel-missing",
          severity: "error",
          detail: "There is no such channel in this workspace.",
          ...(fix && { fix }),
        } satisfies Finding,
      ];
    }
    return [...captionFindings(post, channelId), ...imageFindings(post, images, channelId), ...ratingFindings(post, images, channel)];
  });
}

function captionFindings(post: Pick<Post, "caption" | "overrides">, channelId: string): Finding[] {
  const caption = captionFor(post, channelId);
  // No character has less than one unit. The first segmenter of a process takes 15 ms, so it is not made at a cold start, nor for what is short anyway.
  if (caption.length <= maxCaption) return [];
  const characters = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(caption)];
  if (characters.length <= maxCaption) return [];
  const cut = characters.slice(0, maxCaption - 1).map(({ segment }) => segment);
  const shorter = `${cut.join("").trimEnd()}…`;
  const fix =
    post.overrides[channelId]?.caption === undefined
      ? { caption: shorter }
      : { overrides: { ...post.overrides, [channelId]: { caption: shorter } } };
  return [
    {
      channelId,
      rule: "caption-too-long",
      severity: "error",
      detail: `${characters.length} characters; at most ${maxCaption} are allowed.`,
      fix,
    },
  ];
}

/** Networks whose rules allow more than bare skin would stand here. Ours shows galleries to everybody, without asking for an age. */
const mostOf: Readonly<Record<string, Rating>> = { feed: "suggestive" };

/** What is for adults goes to no network that forbids it, and what is never made is not published either. */
function ratingFindings(
  post: Pick<Post, "imageIds" | "caption" | "altTexts" | "overrides"> & { hashtags?: readonly string[] },
  images: ReadonlyMap<string, Image>,
  { id: channelId, network }: Channel,
): Finding[] {
  const most = mostOf[network] ?? "general";
  const words = screen({ words: [captionFor(post, channelId), ...(post.hashtags ?? []), ...Object.values(post.altTexts)] });
  if (words.forbidden)
    return [
      {
        channelId,
        rule: "words-refused",
        severity: "error",
        detail: "The caption, a hashtag or an alt text says what is never published. Say it in other words.",
      },
    ];
  const findings: Finding[] = [];
  const tooMuch = (what: string, rating: Rating) => `${what} is rated “${rating}”; this channel shows at most what is “${most}”.`;
  if (!isWithin(words.rating, most))
    findings.push({ channelId, rule: "rating-not-allowed", severity: "error", detail: tooMuch("What is written", words.rating) });
  for (const id of new Set(post.imageIds)) {
    const rating = images.get(id)?.rating ?? "general";
    if (isWithin(rating, most)) continue;
    const imageIds = post.imageIds.filter((other) => (images.get(other)?.rating ?? "general") !== rating);
    findings.push({
      channelId,
      rule: "rating-not-allowed",
      severity: "error",
      detail: tooMuch(`The image ${id}`, rating),
      ...(imageIds.length > 0 && { fix: { imageIds } }),
    });
  }
  return findings;
}

function imageFindings(post: Pick<Post, "imageIds" | "altTexts">, images: ReadonlyMap<string, Image>, channelId: string): Finding[] {
  const findings: Finding[] = [];
  const without = (bad: string) => {
    const imageIds = post.imageIds.filter((id) => id !== bad);
    return imageIds.length > 0 ? { fix: { imageIds } } : {};
  };
  if (new Set(post.imageIds).size < post.imageIds.length)
    findings.push({
      channelId,
      rule: "image-repeated",
      severity: "error",
      detail: "An image stands in the post twice.",
      fix: { imageIds: [...new Set(post.imageIds)] },
    });
  for (const id of new Set(post.imageIds)) {
    const image = images.get(id);
    if (!image || image.deletedAt !== undefined)
      findings.push({
        channelId,
        rule: "image-missing",
        severity: "error",
        detail: `There is no image ${id} in this workspace.`,
        ...without(id),
      });
    else if (image.state !== "approved")
      findings.push({
        channelId,
        rule: "image-not-approved",
        severity: "error",
        detail: `The image ${id} is “${image.state.replaceAll("_", " ")}”; only approved images are published.`,
        ...without(id),
      });
    else if (!post.altTexts[id]?.trim())
      findings.push({
        channelId,
        rule: "alt-text-missing",
        severity: "warning",
        detail: `The image ${id} has no alt text; people who cannot see it miss it.`,
      });
  }
  for (const id of Object.keys(post.altTexts)) {
    if (!post.imageIds.includes(id))
      findings.push({
        channelId,
        rule: "alt-text-unused",
        severity: "warning",
        detail: `There is an alt text for ${id}, which is not in the post.`,
      });
  }
  return findings;
}
