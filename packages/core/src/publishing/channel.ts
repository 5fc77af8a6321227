import * as z from "zod";

/** Lower-case words in a public address. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$/;

export const ChannelRequest = z.strictObject({
  network: z.literal("feed"),
  name: z.string().trim().min(1).max(80),
  description: z.string().trim().max(500).default(""),
  slug: z.string().regex(slugPattern, "3–48 lower-case letters, digits and inner hyphens.").meta({ maxLength: 48 }).optional(),
});
export type ChannelRequest = z.infer<typeof ChannelRequest>;

export type Channel = {
  id: string;
  workspaceId: string;
  network: "feed";
  name: string;
  description: string;
  slug: string;
  state: "active" | "removed";
  createdBy: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** A name as an address: accents dropped, everything else that is not a letter or digit a hyphen. */
export function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return slugPattern.test(plain) ? plain : `gallery-${plain}`.replace(/-+$/, "");
}
