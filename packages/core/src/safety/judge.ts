import type { AuditStore } from "../audit/index.ts";
import { type Context, Problem, type ProblemType, type Write } from "../kernel/index.ts";
import { type Rating, strictest } from "./rating.ts";
import { type Asked, type Rule, rulesVersion, type Screening, screen } from "./screen.ts";

export const safetyProblems = {
  refused: { code: "safety/refused", status: 422, title: "This is refused, whatever the settings" },
  matureOff: { code: "safety/mature-off", status: 422, title: "Pictures for adults are not made here" },
  adultsOnly: { code: "safety/adults-only", status: 403, title: "This is for adults alone" },
} as const satisfies Record<string, ProblemType>;

/** What the operator allows: nothing for adults; to whoever says that they are one; to whom a provider of age checks has confirmed it. */
export const maturePolicies = ["off", "declared", "verified"] as const;
export type MaturePolicy = (typeof maturePolicies)[number];

/** Whether somebody is of age by their date of birth, and whether a provider of age checks has said so. */
export type Adulthood = { declared: boolean; verified: boolean };

/** What a model says of words that the rules let pass, or why it says nothing. */
export type Opinion = { kind: "said"; rating: Rating; forbidden: boolean } | { kind: "silent"; why: string };

/** A model that reads what the rules let pass, where the operator has chosen one. */
export type Reader = { model: string; read(ctx: Context, text: string): Promise<Opinion> };

export type SafetyDeps = {
  audit: AuditStore;
  mature: MaturePolicy;
  adulthood(userId: string): Promise<Adulthood>;
  /** Its word counts where it is stricter. Without it nobody is asked. */
  reader?: Reader;
};

/** For whom it is, which rules said so, and the entry of the audit log that belongs into the transaction of what is made of it. */
export type Judgement = Pick<Screening, "rating" | "rules"> & { record(subject: string): Write[] };

/**
 * Decides whether something may be made from these words. Throws `safety/refused`, `safety/mature-off` or `safety/adults-only`, each with an entry of the
 * audit log. What is for everybody costs no call; its rating, and the edition of the rules, stand in what is made.
 */
export async function judge(ctx: Context, { safety }: { safety: SafetyDeps }, act: string, asked: Asked): Promise<Judgement> {
  const screened = screen(asked);
  const { rules } = screened;
  const read = await readBy(ctx, safety, screened, asked);
  const opinion = read?.opinion.kind === "said" ? read.opinion : undefined;
  const rating = strictest(screened.rating, opinion?.rating ?? "general");
  const details = { rating, rules, rulesVersion, ...(read && told(read)) };
  const refuse = async (problem: Problem): Promise<never> => {
    await safety.audit.keep(ctx, { act, outcome: "refused", details: { ...details, problem: problem.type.code } });
    throw problem;
  };
  if (screened.forbidden) return refuse(new Problem(safetyProblems.refused, whyOf(rules)));
  if (opinion?.forbidden)
    return refuse(new Problem(safetyProblems.refused, `The model that reads words here takes it for what is never made.${otherwise}`));
  const obstacle = rating === "mature" ? await obstacleTo(ctx, safety) : undefined;
  if (obstacle) return refuse(obstacle);
  return {
    rating,
    rules,
    record: (subject) =>
      rating === "general" && read?.opinion.kind !== "silent"
        ? []
        : [safety.audit.entry(ctx, { act, outcome: "allowed", subject, details })],
  };
}

type Read = { model: string; opinion: Opinion };

/** What the rules find to be for adults needs no second opinion. */
async function readBy(
  ctx: Context,
  { reader }: SafetyDeps,
  { rating, forbidden }: Screening,
  { words, negative = "" }: Asked,
): Promise<Read | undefined> {
  if (!reader || forbidden || rating === "mature") return undefined;
  const said = words.filter((one) => one !== undefined && one.trim() !== "");
  const text = [...said, ...(negative.trim() === "" ? [] : [`Not to be seen: ${negative}`])].join("\n");
  return text === "" ? undefined : { model: reader.model, opinion: await reader.read(ctx, text) };
}

/** For the audit log, which keeps also that a model was asked in vain: then the rules alone have spoken. */
const told = ({ model, opinion }: Read): Record<string, string | boolean> =>
  opinion.kind === "said" ? { model, modelRating: opinion.rating, modelForbids: opinion.forbidden } : { model, modelSilent: opinion.why };

/** What stands in the way of something for adults, if anything does. */
async function obstacleTo({ actor }: Context, { mature, adulthood }: SafetyDeps): Promise<Problem | undefined> {
  if (mature === "off")
    return new Problem(safetyProblems.matureOff, "Nudity, sex and cruelty are not drawn here, unless whoever runs this place allows it.");
  const { declared, verified } = actor.kind === "user" ? await adulthood(actor.userId) : { declared: false, verified: false };
  if (!declared) return new Problem(safetyProblems.adultsOnly, "Only adults may ask for this. Set your date of birth first: PATCH /v1/me.");
  if (mature === "verified" && !verified)
    return new Problem(safetyProblems.adultsOnly, "The age check of this place has to confirm your age first.");
  return undefined;
}

const reasons: Partial<Record<Rule, string>> = {
  "sexual-minor": "Sexual content about minors is never made.",
  "sexual-likeness": "Sexual content about real people is never made.",
  "forbidden-word": "Words stand in it that are never drawn.",
};

const otherwise = " If that is not what you meant, say it in other words.";

const whyOf = (rules: readonly Rule[]): string =>
  `${rules
    .map((rule) => reasons[rule])
    .filter((reason) => reason !== undefined)
    .join(" ")}${otherwise}`;
