import type { AuditStore } from "../audit/index.ts";
import { type Context, Problem, type ProblemType, type Write } from "../kernel/index.ts";
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

export type SafetyDeps = {
  audit: AuditStore;
  mature: MaturePolicy;
  adulthood(userId: string): Promise<Adulthood>;
};

/** For whom it is, which rules said so, and the entry of the audit log that belongs into the transaction of what is made of it. */
export type Judgement = Pick<Screening, "rating" | "rules"> & { record(subject: string): Write[] };

/**
 * Decides whether something may be made from these words. Throws `safety/refused`, `safety/mature-off` or `safety/adults-only`, each with an entry of the
 * audit log. What is for everybody costs no call; its rating, and the edition of the rules, stand in what is made.
 */
export async function judge(ctx: Context, { safety }: { safety: SafetyDeps }, act: string, asked: Asked): Promise<Judgement> {
  const { rating, rules, forbidden } = screen(asked);
  const details = { rating, rules, rulesVersion };
  const refuse = async (problem: Problem): Promise<never> => {
    await safety.audit.keep(ctx, { act, outcome: "refused", details: { ...details, problem: problem.type.code } });
    throw problem;
  };
  if (forbidden) return refuse(new Problem(safetyProblems.refused, whyOf(rules)));
  const obstacle = rating === "mature" ? await obstacleTo(ctx, safety) : undefined;
  if (obstacle) return refuse(obstacle);
  return {
    rating,
    rules,
    record: (subject) => (rating === "general" ? [] : [safety.audit.entry(ctx, { act, outcome: "allowed", subject, details })]),
  };
}

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

const whyOf = (rules: readonly Rule[]): string =>
  `${rules
    .map((rule) => reasons[rule])
    .filter((reason) => reason !== undefined)
    .join(" ")} If that is not what you meant, say it in other words.`;
