import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the adapter that the guide shows is the one that runs and is tested", () => {
  const [, shown] = /```ts\n(.*?)```/s.exec(text("../../../../docs/guides/add-a-provider.md")) ?? [];
  expect(shown).toBe(text("./automatic1111.ts"));
});
