import type { Channel, Client, Generation, Image, Post } from "@atelier/client";
import { until } from "./until.ts";

const finals = new Set(["succeeded", "failed", "refused", "canceled"]);

/** A generation that has come to its end. */
export async function finished(client: Client, id: string, withinMs?: number): Promise<Generation> {
  return until(
    `the end of ${id}`,
    async () => {
      const generation = await client.getGeneration({ params: { id } });
      return finals.has(generation.state) && generation;
    },
    withinMs,
  );
}

/** An image that was drawn and is in review. */
export async function drawn(client: Client, prompt = "a quiet harbour at dawn"): Promise<Image> {
  const { id } = await client.requestGeneration({ body: { prompt, width: 96, height: 64, seed: 7 } });
  const { state, imageIds } = await finished(client, id);
  if (state !== "succeeded" || !imageIds[0]) throw new Error(`The generation ended as ${state}.`);
  return client.getImage({ params: { id: imageIds[0] } });
}

export async function approved(client: Client, prompt?: string): Promise<Image> {
  const image = await drawn(client, prompt);
  await client.reviewImage({ params: { id: image.id }, body: { decision: "approved" } });
  return client.getImage({ params: { id: image.id } });
}

let galleries = 0;
export const gallery = (client: Client): Promise<Channel> => {
  galleries += 1;
  return client.connectChannel({ body: { network: "feed", name: `Gallery ${process.pid} ${galleries}` } });
};

const waiting = new Set(["scheduled", "publishing"]);

/** A post once nothing more will happen to it by itself. */
export async function settled(client: Client, id: string, withinMs?: number): Promise<Post> {
  return until(
    `the end of ${id}`,
    async () => {
      const post = await client.getPost({ params: { id } });
      return !waiting.has(post.state) && post;
    },
    withinMs,
  );
}

/** The entries of a gallery, as the public sees them. */
export async function entriesOf(
  channel: Channel,
): Promise<{ id: string; url: string; content_text: string; image: string; date_published: string }[]> {
  const response = await fetch(channel.feedUrl);
  return ((await response.json()) as { items: { id: string; url: string; content_text: string; image: string; date_published: string }[] })
    .items;
}
