import type { ProblemType } from "../kernel/index.ts";

export const publishingProblems = {
  preflight: { code: "publishing/preflight-failed", status: 422, title: "The post breaks rules of its channels" },
  slugTaken: { code: "publishing/slug-taken", status: 409, title: "This gallery address is taken" },
  notEditable: { code: "publishing/not-editable", status: 409, title: "This post cannot be changed any more" },
  notApproved: { code: "publishing/not-approved", status: 409, title: "This post has to be approved first" },
  imageWithdrawn: { code: "publishing/image-withdrawn", status: 409, title: "An image of this post was withdrawn" },
  contentChanged: { code: "publishing/content-changed", status: 409, title: "The content is not what was approved" },
  late: { code: "publishing/late", status: 409, title: "The post is later than its policy allows" },
  channelRemoved: { code: "publishing/channel-removed", status: 409, title: "The channel was removed" },
  notRemoved: { code: "publishing/not-removed", status: 409, title: "It could not be taken down everywhere" },
  notTaken: { code: "publishing/not-taken", status: 502, title: "The network did not take the post" },
  notRetryable: { code: "publishing/not-retryable", status: 409, title: "This delivery cannot be tried again" },
  notResolvable: { code: "publishing/not-resolvable", status: 409, title: "The outcome of this delivery is not open" },
  unconfirmed: { code: "publishing/unconfirmed", status: 502, title: "It is not known whether the post is out" },
} as const satisfies Record<string, ProblemType>;
