import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    url: string;
  }
}

/** Address of the Atelier that all test files of a project share. Nobody kills it or turns its clock. */
export const sharedUrl = (): string => inject("url");
