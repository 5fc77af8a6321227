import type { Channel as ChannelRow } from "@atelier/core/publishing";
import * as z from "zod";
import { required } from "../../env.ts";
import { Instant, idOf, text, Url, Version } from "../schemas.ts";

export const Channel = z
  .object({
    id: idOf("chn"),
    network: z.enum(["feed"]),
    name: text(80),
    description: text(500),
    slug: text(48),
    url: Url.describe("The public gallery."),
    feedUrl: Url.describe("The gallery as JSON Feed 1.1."),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: "Channel" });

export function channelBody(channel: ChannelRow) {
  const { workspaceId: _workspace, createdBy: _by, state: _state, id, ...shown } = channel;
  const url = `${required("PUBLIC_URL")}/g/${channel.slug}`;
  return { id, ...shown, url, feedUrl: `${url}/feed.json` };
}

export const exampleChannel = {
  id: "chn_01JD5S2B1Z9QF3V2N8XK4T7B1A",
  network: "feed",
  name: "Harbour Days",
  description: "A picture a day from the coast.",
  slug: "harbour-days",
  url: "https://atelier.example.org/g/harbour-days",
  feedUrl: "https://atelier.example.org/g/harbour-days/feed.json",
  createdAt: "2026-11-20T09:00:00.000Z",
  updatedAt: "2026-11-20T09:00:00.000Z",
  version: 1,
};
