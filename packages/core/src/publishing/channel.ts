/** Lower-case words in a public address. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$/;

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
