import { isDeepStrictEqual } from "node:util";
import { type Content, contentOf } from "./template.ts";

/** A run of words that both have, or only the older (`removed`) or the newer one (`added`). */
export type Change = { kind: "same" | "removed" | "added"; text: string };

/** What differs between two versions: word by word in texts, and by name in variables and parameters. */
export type Difference = {
  text: Change[];
  negativePrompt: Change[];
  variables: { name: string; kind: "removed" | "added" | "changed" }[];
  parameters: { name: string; kind: "removed" | "added" | "changed" }[];
};

/** Words and what stands between them. */
const wordsOf = (text: string): string[] => text.match(/\s+|[^\s]+/g) ?? [];

/** The shortest way from one text to another in words: a longest common subsequence. Texts here have 4,000 characters at most, so its table is small. */
export function diffOf(older: string, newer: string): Change[] {
  const [a, b] = [wordsOf(older), wordsOf(newer)];
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const changes: Change[] = [];
  const add = (kind: Change["kind"], text: string): void => {
    const last = changes.at(-1);
    if (last?.kind === kind) last.text += text;
    else changes.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [mine, theirs] = [a[i], b[j]];
    if (mine !== undefined && mine === theirs) {
      add("same", mine);
      [i, j] = [i + 1, j + 1];
    } else if (theirs === undefined || (mine !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      add("removed", mine ?? "");
      i += 1;
    } else {
      add("added", theirs);
      j += 1;
    }
  }
  return changes;
}

export function differenceOf(older: Content, newer: Content): Difference {
  const [a, b] = [contentOf(older), contentOf(newer)];
  const byName = ({ variables }: Content) => Object.fromEntries(variables.map((variable) => [variable.name, variable]));
  return {
    text: diffOf(a.text, b.text),
    negativePrompt: diffOf(a.negativePrompt ?? "", b.negativePrompt ?? ""),
    variables: changedIn(byName(a), byName(b)),
    parameters: changedIn(a.parameters, b.parameters),
  };
}

type Named = Difference["variables"][number];

function changedIn(older: object, newer: object): Named[] {
  const [a, b] = [new Map<string, unknown>(Object.entries(older)), new Map<string, unknown>(Object.entries(newer))];
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((name): Named[] => {
    if (!a.has(name)) return [{ name, kind: "added" }];
    if (!b.has(name)) return [{ name, kind: "removed" }];
    return isDeepStrictEqual(a.get(name), b.get(name)) ? [] : [{ name, kind: "changed" }];
  });
}
