import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    url: string;
  }
}

/** Address of the Atelier that all test files share: real time, nobody kills it. */
export const sharedUrl = (): string => inject("url");
