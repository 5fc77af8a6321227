import type { Trouble } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import type { Post } from "./post.ts";

/** One post to one channel, as a network gets it. `begunAt`: when the first of the attempts whose outcome is open was begun. */
export type Publication = { post: Post; channel: Channel; caption: string; images: Image[]; begunAt: string };

export type Published = { externalId: string; url: string; publishedAt: string };

export type PublishOutcome =
  | ({ kind: "published" } & Published)
  | { kind: "failed"; problem: Trouble }
  /** The call may or may not have taken effect. */
  | { kind: "unknown"; problem: Trouble };

/** `absent`: there is certainly nothing out there. `repeatable`: the network cannot tell, but knows a repeat from a second post. */
export type Found = PublishOutcome | { kind: "absent" } | { kind: "repeatable" };

/** Port of a social network. What throws leaves open whether the call took effect: it is looked up, never simply repeated. */
export type Network = {
  publish(publication: Publication): Promise<PublishOutcome>;
  /** What became of attempts whose outcome nobody wrote down. */
  lookUp(publication: Publication): Promise<Found>;
  /** Takes a publication down; true once it is gone, false if it is not, or nobody knows. It throws for faults of ours alone. */
  takeDown(post: Post, channel: Channel): Promise<boolean>;
};
export type Networks = Record<string, Network>;
