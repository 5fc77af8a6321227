import {
  actorId,
  type Context,
  eventOf,
  instant,
  notFound,
  Problem,
  persist,
  type RowEvent,
  requireVersion,
  troubleOf,
} from "../kernel/index.ts";
import type { ReviewRequest } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import type { Networks } from "./network.ts";
import { dueTime, newPost } from "./new-post.ts";
import { withdrawn } from "./obstacle.ts";
import {
  contentDigest,
  type Delivery,
  type Digests,
  digestsOf,
  isEditable,
  mayBecome,
  type Post,
  type PostState,
  pending,
  soonMs,
} from "./post.ts";
import { type Finding, preflight } from "./preflight.ts";
import { publishingProblems } from "./problems.ts";
import type { PostChange, PostRequest } from "./request.ts";
import type { PostStore } from "./store.ts";

type Deps = { posts: PostStore };

/** Finds what would stop it, without making it. */
export async function check(ctx: Context, { posts }: Deps, request: PostRequest): Promise<Finding[]> {
  return (await examine(newPost(ctx, request), posts)).findings;
}

/** Throws `publishing/preflight-failed` with all findings if one is an error. */
export async function create(ctx: Context, { posts }: Deps, request: PostRequest): Promise<Post> {
  const draft = newPost(ctx, request);
  const post = placed(ctx, draft, await passing(draft, posts));
  await posts.create(ctx, post, newsOf(ctx, post));
  return post;
}

export async function find(ctx: Context, { posts }: Deps, id: string): Promise<Post> {
  const post = await posts.get({ workspaceId: ctx.workspaceId, id });
  if (!post || post.deletedAt !== undefined) throw notFound("post");
  return post;
}

/** Any change of content takes the approval away; whoever may approve gives a new one by changing it. */
export async function change(ctx: Context, { posts }: Deps, id: string, wanted: PostChange, ifVersion?: number): Promise<Post> {
  const post = editable(requireVersion(await find(ctx, { posts }, id), ifVersion, "post"));
  const { scheduledAt, timeZone = post.timeZone, ...rest } = wanted;
  const { scheduledAt: had, problem: _problem, ...kept } = post;
  const due =
    scheduledAt === undefined
      ? keptTime(ctx, post.state, had)
      : scheduledAt === null
        ? undefined
        : instant(dueTime(ctx, { scheduledAt, timeZone }) ?? 0);
  const changed: Post = {
    ...kept,
    ...rest,
    timeZone,
    ...(due !== undefined && { scheduledAt: due }),
    updatedAt: instant(ctx.clock.now()),
    version: post.version + 1,
  };
  return save(ctx, posts, placed(ctx, changed, await passing(changed, posts), post.state), wanted.imageIds !== undefined);
}

/** Whoever was faster has the word: a post that a worker has just taken is being published, and this says so. */
export const cancel = (ctx: Context, deps: Deps, id: string): Promise<Post> => persist(() => cancelOnce(ctx, deps, id));

async function cancelOnce(ctx: Context, { posts }: Deps, id: string): Promise<Post> {
  const post = await find(ctx, { posts }, id);
  if (post.state === "canceled") return post;
  if (!mayBecome(post.state, "canceled"))
    throw new Problem(publishingProblems.notEditable, `It is ${words(post.state)}. What is out can be taken down by deleting the post.`);
  const canceled: Post = {
    ...post,
    state: "canceled",
    deliveries: post.deliveries.map((delivery) => (delivery.state === "pending" ? { ...delivery, state: "canceled" } : delivery)),
    updatedAt: instant(ctx.clock.now()),
    version: post.version + 1,
  };
  return save(ctx, posts, canceled);
}

/** At once, whatever time it had. Also how a person answers a post that was held as late. */
export async function publishNow(ctx: Context, { posts }: Deps, id: string): Promise<Post> {
  const post = editable(await find(ctx, { posts }, id));
  const at = instant(ctx.clock.now());
  const { problem: _problem, ...kept } = post;
  const due: Post = { ...kept, scheduledAt: at, updatedAt: at, version: post.version + 1 };
  const ready = placed(ctx, due, await passing(due, posts), post.state);
  if (ready.state !== "scheduled") throw new Problem(publishingProblems.notApproved, "Somebody who may approve has to review it first.");
  return save(ctx, posts, ready);
}

export async function review(ctx: Context, { posts }: Deps, id: string, { decision, note }: ReviewRequest): Promise<Post> {
  if (!mayApprove(ctx)) throw new Problem(publishingProblems.notApproved, "Only owners and reviewers of the workspace decide.");
  const { scheduledAt: had, ...post } = editable(await find(ctx, { posts }, id));
  if (!reviewable.includes(post.state))
    throw new Problem(publishingProblems.notEditable, `It is ${words(post.state)}. Give it a new time first.`);
  const due = keptTime(ctx, post.state, had);
  const next = { ...post, ...(due !== undefined && { scheduledAt: due }), updatedAt: instant(ctx.clock.now()), version: post.version + 1 };
  if (decision === "approved") return save(ctx, posts, placed(ctx, next, await passing(post, posts), post.state));
  const { approval: _approval, ...unapproved } = next;
  const held: Post = {
    ...unapproved,
    state: post.state === "draft" ? "draft" : "in_review",
    problem: troubleOf(publishingProblems.notApproved, note ?? `The reviewer said: ${words(decision)}.`),
  };
  return save(ctx, posts, held);
}

/** What is out is taken down from every network that allows it; then the post itself goes. */
export async function remove(
  ctx: Context,
  { posts, networks }: Deps & { networks: Networks },
  id: string,
  ifVersion?: number,
): Promise<void> {
  const post = requireVersion(await find(ctx, { posts }, id), ifVersion, "post");
  if (post.state === "publishing")
    throw new Problem(publishingProblems.notEditable, "It is being published at this moment. Try again in a few seconds.");
  const out = post.deliveries.filter((delivery) => delivery.state === "published" || delivery.state === "unconfirmed");
  const { channels } = await posts.parts(
    ctx.workspaceId,
    [],
    out.map((delivery) => delivery.channelId),
  );
  const gone = new Set<Delivery>();
  const asked = await Promise.allSettled(
    out.map(async (delivery) => {
      const channel = channels.get(delivery.channelId);
      const network = channel && networks[channel.network];
      if (network && (await network.takeDown(post, channel))) gone.add(delivery);
    }),
  );
  const at = instant(ctx.clock.now());
  const left: Post = {
    ...post,
    state: post.state === "scheduled" ? "canceled" : post.state,
    deliveries: post.deliveries.map((delivery) => (gone.has(delivery) ? { ...delivery, state: "removed" } : delivery)),
    updatedAt: at,
    version: post.version + 1,
  };
  const still = out.filter((delivery) => !gone.has(delivery));
  if (still.length > 0) {
    if (gone.size > 0) await posts.save(left);
    for (const answer of asked) if (answer.status === "rejected") throw answer.reason;
    throw stillOut(still);
  }
  await posts.save({ ...left, deletedAt: at }, { event: eventOf(ctx, "publishing.post.deleted", left) });
}

function stillOut(deliveries: readonly Delivery[]): Problem {
  const where = deliveries.map(({ network, channelId, url }) => `${network} (${url ?? channelId})`).join(", ");
  return new Problem(
    publishingProblems.notRemoved,
    `It is, or may be, still out on ${where}. Try again; what you have removed there yourself is found to be gone. Of a delivery that is unconfirmed, first say what became of it: POST /v1/posts/{id}/deliveries/{channelId}/resolve.`,
  );
}

/** An image was rejected, deleted or edited: what shows it is not published as it is, and says why. */
export async function blockShowing(ctx: Context, { posts }: Deps, imageId: string): Promise<void> {
  for (const ref of await posts.showing(ctx.workspaceId, imageId)) {
    const post = await posts.get(ref);
    if (!post || post.deletedAt !== undefined || !post.imageIds.includes(imageId) || !["scheduled", "in_review"].includes(post.state))
      continue;
    const problem = withdrawn(post, imageId, (await posts.parts(ctx.workspaceId, post.imageIds, [])).images);
    if (!problem) continue;
    const blocked: Post = { ...post, state: "blocked", problem, updatedAt: instant(ctx.clock.now()), version: post.version + 1 };
    await posts.save(blocked, { event: newsOf(ctx, blocked) });
  }
}

/** A post that was canceled, let go or held back does not come to life by an edit: it wants a time that has not passed. */
function keptTime(ctx: Context, state: PostState, scheduledAt: string | undefined): string | undefined {
  if (state === "canceled" || state === "skipped") return undefined;
  const passed = scheduledAt !== undefined && Date.parse(scheduledAt) <= ctx.clock.now();
  return passed && (state === "blocked" || state === "failed") ? undefined : scheduledAt;
}

const reviewable: readonly PostState[] = ["draft", "in_review", "scheduled", "blocked"];

const mayApprove = (ctx: Context): boolean => ctx.role === "owner" || ctx.role === "reviewer";

/** Approved by whoever may, otherwise waiting for them; scheduled as soon as it has both an approval and a time. */
function placed(ctx: Context, post: Post, { digests, channels }: Passed, from?: PostState): Post {
  const digest = contentDigest(post, digests);
  const deliveries = post.channelIds.map((id) => pending(id, channels.get(id)?.network ?? "unknown"));
  const at = instant(ctx.clock.now());
  const { approval: had, ...rest } = post;
  const approval = mayApprove(ctx) ? { digest, by: actorId(ctx), at } : had?.digest === digest ? had : undefined;
  const state: PostState = post.scheduledAt === undefined ? "draft" : approval ? "scheduled" : "in_review";
  if (from !== undefined && !mayBecome(from, state)) throw new Problem(publishingProblems.notEditable, `It is ${words(from)}.`);
  return { ...rest, deliveries, ...(approval && { approval }), state };
}

const save = async (ctx: Context, posts: PostStore, post: Post, relink = false): Promise<Post> => {
  await posts.save(post, { relink, event: newsOf(ctx, post), beside: ctx.once ? [ctx.once.record(post)] : [] });
  return post;
};

/** Whoever publishes learns of a post that is due soon from this very event; everybody else may learn of the change. */
function newsOf(ctx: Context, post: Post): RowEvent {
  const due = post.state === "scheduled" && post.scheduledAt !== undefined ? Date.parse(post.scheduledAt) : undefined;
  if (due !== undefined && due <= ctx.clock.now() + soonMs) return eventOf(ctx, "publishing.post.due-soon", post, { dueAt: due });
  return eventOf(ctx, `publishing.post.${post.state.replaceAll("_", "-")}`, post);
}

type Passed = { digests: Digests; channels: ReadonlyMap<string, Channel> };

async function examine(post: Post, posts: PostStore): Promise<Passed & { findings: Finding[] }> {
  const { images, channels } = await posts.parts(post.workspaceId, post.imageIds, post.channelIds);
  const digests = digestsOf(images);
  return { findings: preflight(post, images, channels), digests, channels };
}

async function passing(post: Post, posts: PostStore): Promise<Passed> {
  const { findings, ...passed } = await examine(post, posts);
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.length > 0)
    throw new Problem(publishingProblems.preflight, [...new Set(errors.map(({ detail }) => detail))].join(" "), { extra: { findings } });
  return passed;
}

function editable(post: Post): Post {
  if (!isEditable(post.state)) throw new Problem(publishingProblems.notEditable, `It is ${words(post.state)}. Make a new post instead.`);
  return post;
}

const words = (state: string): string => state.replaceAll("_", " ");
