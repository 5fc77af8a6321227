import { createHash } from "node:crypto";
import { Conflict, insert, instant, type Key, type Row, replace, type Table } from "../kernel/index.ts";
import { type Image, imageKey } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import { slugKey } from "./feed/store.dynamo.ts";
import type { Post, PostState } from "./post.ts";
import { type DuePost, dueShards, type PostStore } from "./store.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/posts`;
const statePartition = (workspaceId: string, state: PostState): string => `${partition(workspaceId)}/${state}`;
const keyOf = (workspaceId: string, id: string): Key => ({ pk: partition(workspaceId), sk: id });
const channels = (workspaceId: string): string => `workspace/${workspaceId}/channels`;
const channelKey = (workspaceId: string, id: string): Key => ({ pk: channels(workspaceId), sk: id });
const channelRow = (channel: Channel): Row<Channel> => ({
  attributes: ["state"],
  ...channelKey(channel.workspaceId, channel.id),
  ...channel,
});
const shownBy = (workspaceId: string, imageId: string): string => `workspace/${workspaceId}/images/${imageId}/posts`;

const shardName = (shard: number): string => `posts/${shard}`;
/** Posts that a worker has, should it die and the message that looks after it be lost. Few at any time, so one shard holds them. */
const unfinished = "deliveries";
const shardOf = (id: string): number => (createHash("sha256").update(id).digest()[0] ?? 0) % dueShards;

/** Only a scheduled post is due, and only one that is not deleted is in a state. */
const rowOf = (post: Post): Row<Post> => ({
  attributes: ["state", "leaseUntil", "claims", "deletedAt"],
  ...keyOf(post.workspaceId, post.id),
  ...(post.deletedAt === undefined && { statePk: statePartition(post.workspaceId, post.state) }),
  ...dueOf(post),
  ...post,
});

/** A scheduled post is due at its time; one whose deliveries go on, when its lease is over. */
function dueOf({ id, state, scheduledAt, leaseUntil }: Post): Pick<Row<Post>, "dueShard" | "dueAt"> {
  if (state === "scheduled" && scheduledAt !== undefined) return { dueShard: shardName(shardOf(id)), dueAt: Date.parse(scheduledAt) };
  if (state === "publishing" && leaseUntil !== undefined) return { dueShard: unfinished, dueAt: leaseUntil };
  return {};
}

/** Links from images to the posts that show them; written with the post, read when an image is withdrawn. */
const links = (post: Post) =>
  [...new Set(post.imageIds)].map((imageId) => ({
    put: { pk: shownBy(post.workspaceId, imageId), sk: post.id, id: post.id, workspaceId: post.workspaceId },
  }));

export function postStore(table: Table): PostStore {
  return {
    create: (ctx, post, event) =>
      table.write(insert({ ...rowOf(post), event }), ...links(post), ...(ctx.once ? [ctx.once.record(post)] : [])),
    save: (post, { event, beside = [], relink = false } = {}) =>
      table.write(replace(event ? { ...rowOf(post), event } : rowOf(post)), ...(relink ? links(post) : []), ...beside),
    get: ({ workspaceId, id }) => table.get<Post>(keyOf(workspaceId, id)),
    list: (workspaceId, { state, limit, cursor }) =>
      table.page<Post>({
        pk: partition(workspaceId),
        statePk: state && statePartition(workspaceId, state),
        limit,
        cursor,
        filter: { expression: "attribute_not_exists(deletedAt)" },
      }),
    async showing(workspaceId, imageId) {
      const found: { workspaceId: string; id: string }[] = [];
      let cursor: string | undefined;
      do {
        const page = await table.page<{ workspaceId: string; id: string }>({ pk: shownBy(workspaceId, imageId), limit: 100, cursor });
        found.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    },
    async claim({ workspaceId, id, version }, from, now, leaseUntil) {
      try {
        return await table.update<Post>({
          update: keyOf(workspaceId, id),
          expression:
            "SET #state = :publishing, statePk = :statePk, leaseUntil = :lease, version = :next, claims = list_append(claims, :begun), dueShard = :unfinished, dueAt = :lease",
          condition:
            from === "scheduled"
              ? "version = :version AND #state = :from AND dueAt <= :now"
              : "version = :version AND #state = :from AND leaseUntil <= :now",
          names: { "#state": "state" },
          values: {
            ":publishing": "publishing",
            ":statePk": statePartition(workspaceId, "publishing"),
            ":lease": leaseUntil,
            ":unfinished": unfinished,
            ":next": version + 1,
            ":begun": [instant(now)],
            ":version": version,
            ":from": from,
            ":now": now,
          },
        });
      } catch (error) {
        if (error instanceof Conflict) return undefined;
        throw error;
      }
    },
    async parts(workspaceId, imageIds, channelIds) {
      const rows = await table.getMany<Image | Channel>([
        ...imageIds.map((id) => imageKey(workspaceId, id)),
        ...channelIds.map((id) => channelKey(workspaceId, id)),
      ]);
      const known = rows.filter((row) => row !== undefined);
      return {
        images: new Map(known.filter((row) => row.id.startsWith("img_")).map((row) => [row.id, row as Image])),
        channels: new Map(known.filter((row) => row.id.startsWith("chn_")).map((row) => [row.id, row as Channel])),
      };
    },
    due: async (shard, until, limit) => (await table.due(shardName(shard), until, limit)) as DuePost[],
    unfinished: async (until, limit) => (await table.due(unfinished, until, limit)) as DuePost[],

    createChannel: (ctx, channel) =>
      table.write(
        insert(channelRow(channel)),
        insert({ ...slugKey(channel.slug), slug: channel.slug, channelId: channel.id, workspaceId: channel.workspaceId, version: 1 }),
        ...(ctx.once ? [ctx.once.record(channel)] : []),
      ),
    saveChannel: (channel) => table.write(replace(channelRow(channel))),
    getChannel: (workspaceId, id) => table.get<Channel>(channelKey(workspaceId, id)),
    listChannels: (workspaceId, page) =>
      table.page<Channel>({
        pk: channels(workspaceId),
        ...page,
        filter: { expression: "#state = :active", names: { "#state": "state" }, values: { ":active": "active" } },
      }),
  };
}
