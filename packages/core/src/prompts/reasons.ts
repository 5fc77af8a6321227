/** Words that keep away what a reviewer saw. What no word keeps away, such as a duplicate, has none. */
const remedies: Record<string, readonly string[]> = {
  anatomy: ["deformed hands", "extra fingers", "extra limbs", "distorted face"],
  artifacts: ["artifacts", "noise", "watermark", "text"],
  composition: ["cropped", "out of frame", "cluttered"],
  colour: ["oversaturated", "washed out", "colour cast"],
  quality: ["blurry", "low quality", "low resolution"],
  unsafe: ["nudity", "violence", "gore"],
  legal: ["logo", "trademark", "signature"],
};

/** How much a rejection speaks against the prompt; one that has no say in it, such as a duplicate, does not at all. Others, and none, count 1. */
const weights: Record<string, number> = { duplicate: 0, unsafe: 2, legal: 2 };

/** Of a rejection for several reasons, the heaviest counts. */
export const weightOf = (reasons: readonly string[]): number =>
  reasons.length === 0 ? 1 : Math.max(...reasons.map((reason) => weights[reason] ?? 1));

/** Words for a negative prompt that does not have them yet, for the most frequent reasons first. */
export function suggestedFor(counts: Readonly<Record<string, number>>, negativePrompt = ""): string[] {
  const has = negativePrompt.toLowerCase();
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
    .flatMap(([reason]) => remedies[reason] ?? [])
    .filter((words) => !has.includes(words));
}
