import { imageModels, textModels } from "@atelier/core/providers";
import { expect, test } from "vitest";
import { CapRequest } from "./schemas.ts";

test.each([...new Set([...imageModels, ...textModels].map(({ provider }) => provider))])("what goes to %s can have a cap", (provider) => {
  const asked = { scope: "provider", provider, period: "day", capMicroUsd: 0 };
  expect(CapRequest.parse(asked)).toEqual(asked);
});

test("what goes to nobody can have none", () => {
  expect(CapRequest.safeParse({ scope: "provider", provider: "nobody", period: "day", capMicroUsd: 0 }).success).toBe(false);
});
