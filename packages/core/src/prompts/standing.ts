import { figuresOf, scoreOf, type Tally } from "./outcome.ts";
import { suggestedFor } from "./reasons.ts";
import type { Template } from "./template.ts";

/** What reviews have said of one version. `score` is from 0 to 1. */
export type VersionStanding = { version: number; approved: number; rejected: number; score: number; reasons: Record<string, number> };

export type Standing = { outcomes: VersionStanding[]; suggestedNegatives: string[] };

/** More are not told: the newest versions are what somebody decides about. */
const mostTold = 50;

/** Newest version first, those without a review left out; and words that would keep away what the latest reviews complained of. */
export function standingOf({ latestVersion, labels, negativePrompt }: Template, tally: Tally): Standing {
  const numbers = new Set(Object.keys(tally).map((name) => Number(name.split("/")[0])));
  const outcomes = [...numbers]
    .sort((a, b) => b - a)
    .flatMap((version) => {
      const { approved, rejected, against, reasons } = figuresOf(tally, version);
      return approved + rejected === 0 ? [] : [{ version, approved, rejected, score: scoreOf({ approved, against }), reasons }];
    })
    .slice(0, mostTold);
  // Of what is in use or was written last: older complaints may be mended by now.
  const counts: Record<string, number> = {};
  for (const { version, reasons } of outcomes)
    if (version === latestVersion || version === labels.production)
      for (const [reason, count] of Object.entries(reasons)) counts[reason] = (counts[reason] ?? 0) + count;
  return { outcomes, suggestedNegatives: suggestedFor(counts, negativePrompt) };
}
