import type { Image } from "../library/index.ts";
import { weightOf } from "./reasons.ts";

/** What has become of an image that a template made. `open`: it was approved or rejected, and that was taken back. */
export type Outcome = {
  imageId: string;
  /** Of the image as it was looked at: what is older is not counted any more. */
  imageVersion: number;
  templateId: string;
  number: number;
  experimentId?: string;
  decision: "approved" | "rejected" | "open";
  reasons: string[];
  costMicroUsd: number;
  renderMs: number;
  version: number;
};

/** Sums by name, `<version>/<what>`: so one row holds those of all versions, and one update adds to them. */
export type Tally = Readonly<Record<string, number>>;

/** What is counted of one version. `against` is the weight of its rejections; `reasons` counts them by reason. */
export type Figures = {
  approved: number;
  rejected: number;
  against: number;
  costMicroUsd: number;
  renderMs: number;
  reasons: Record<string, number>;
};

export function figuresOf(tally: Tally, number: number): Figures {
  const sum = (what: string): number => tally[`${number}/${what}`] ?? 0;
  const prefix = `${number}/reason/`;
  const reasons = Object.entries(tally).flatMap(([name, count]) =>
    name.startsWith(prefix) && count > 0 ? [[name.slice(prefix.length), count] as const] : [],
  );
  return {
    approved: sum("approved"),
    rejected: sum("rejected"),
    against: sum("against"),
    costMicroUsd: sum("costMicroUsd"),
    renderMs: sum("renderMs"),
    reasons: Object.fromEntries(reasons.sort(([a], [b]) => a.localeCompare(b))),
  };
}

/**
 * How well a version does, from 0 to 1: the share of approvals, where rejections count by their weight. One good and one bad word come for free
 * (Laplace's rule of succession), so that a single review makes nobody the best or the worst.
 */
export const scoreOf = ({ approved, against }: Pick<Figures, "approved" | "against">): number =>
  Math.round(((approved + 1) / (approved + against + 2)) * 1_000) / 1_000;

/** What an outcome adds to the sums of its version. */
function sharesOf({ number, decision, reasons, costMicroUsd, renderMs }: Outcome): Tally {
  if (decision === "open") return {};
  const name = (what: string): string => `${number}/${what}`;
  const shared = { [name("costMicroUsd")]: costMicroUsd, [name("renderMs")]: renderMs };
  if (decision === "approved") return { ...shared, [name("approved")]: 1 };
  const counted = Object.fromEntries([...new Set(reasons)].map((reason) => [name(`reason/${reason}`), 1]));
  return { ...shared, ...counted, [name("rejected")]: 1, [name("against")]: weightOf(reasons) };
}

/** What has to be added where `was` is counted already; only what is not 0. */
export function difference(was: Outcome | undefined, is: Outcome): Tally {
  const [before, after] = [was ? sharesOf(was) : {}, sharesOf(is)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes = [...names].map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

/** What is known of an image's outcome; undefined if no template made it or nobody has looked at it. An edit takes back what was said before it. */
export function outcomeOf(image: Image, was: Outcome | undefined): Outcome | undefined {
  const { making, review } = image;
  if (!making?.template || (!review && !was)) return undefined;
  const { id, version, experimentId } = making.template;
  return {
    imageId: image.id,
    imageVersion: image.version,
    templateId: id,
    number: version,
    ...(experimentId !== undefined && { experimentId }),
    decision: review?.decision === "approved" || review?.decision === "rejected" ? review.decision : "open",
    reasons: review?.reasons ?? [],
    costMicroUsd: making.costMicroUsd,
    renderMs: making.renderMs ?? 0,
    version: (was?.version ?? 0) + 1,
  };
}
