import { actorId, Conflict, type Context, instant, newId, notFound, Problem, requireVersion } from "../kernel/index.ts";
import { type Channel, slugOf } from "./channel.ts";
import { publishingProblems } from "./problems.ts";
import type { ChannelRequest } from "./request.ts";
import type { PostStore } from "./store.ts";

type Deps = { posts: PostStore };

/** Without a wish for its address, the gallery gets one from its name, with an ending if that is taken. */
export async function connect(ctx: Context, { posts }: Deps, { slug, ...request }: ChannelRequest): Promise<Channel> {
  const at = ctx.clock.now();
  const id = newId("chn", at);
  const channel: Channel = {
    ...request,
    id,
    workspaceId: ctx.workspaceId,
    slug: slug ?? slugOf(request.name),
    state: "active",
    createdBy: actorId(ctx),
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  };
  try {
    await posts.createChannel(ctx, channel);
    return channel;
  } catch (error) {
    if (!(error instanceof Conflict) || error.index !== slugWrite) throw error;
    if (slug !== undefined) throw new Problem(publishingProblems.slugTaken, `“${slug}” is taken. Choose another, or leave it out.`);
    const free: Channel = { ...channel, slug: `${channel.slug}-${id.slice(-6).toLowerCase()}` };
    await posts.createChannel(ctx, free);
    return free;
  }
}

/** Its place in the transaction of `createChannel`. */
const slugWrite = 1;

export async function findChannel(ctx: Context, { posts }: Deps, id: string): Promise<Channel> {
  const channel = await posts.getChannel(ctx.workspaceId, id);
  if (channel?.state !== "active") throw notFound("channel");
  return channel;
}

/** The gallery goes with it at once; posts that are still scheduled there are blocked when they are due. Its address is not given to others. */
export async function disconnect(ctx: Context, { posts }: Deps, id: string, ifVersion?: number): Promise<void> {
  const channel = requireVersion(await findChannel(ctx, { posts }, id), ifVersion, "channel");
  await posts.saveChannel({ ...channel, state: "removed", updatedAt: instant(ctx.clock.now()), version: channel.version + 1 });
}
