import type { Quality } from "../generation/index.ts";
import type { Rating } from "../safety/index.ts";

/** `production` is what a generation takes that names no version; `candidate` is what may follow it. */
export const labels = ["production", "candidate"] as const;
export type Label = (typeof labels)[number];

type Named = { name: string; description?: string };
export type TextVariable = Named & { type: "text"; maxLength: number; default?: string; example?: string };
export type ChoiceVariable = Named & { type: "choice"; choices: string[]; default?: string; example?: string };
/** Whole numbers, both bounds included. */
export type NumberVariable = Named & { type: "number"; minimum: number; maximum: number; default?: number; example?: number };
/** A place in the words that each request fills: without a default it has to be given. */
export type Variable = TextVariable | ChoiceVariable | NumberVariable;

export type Value = string | number;
export type Values = Readonly<Record<string, Value>>;

/** Used where a request does not say otherwise. */
export type Parameters = { style?: string; quality?: Quality; width?: number; height?: number };

/** What a version holds, and never changes. `text` and `negativePrompt` name variables in braces. */
export type Content = { text: string; negativePrompt?: string; variables: Variable[]; parameters: Parameters };

/** Numbers count from 1 without gaps. */
export type TemplateVersion = Content & { templateId: string; number: number; note?: string; createdBy: string; createdAt: string };

/** A version and its share of the requests, against the shares of the others. */
export type Arm = { version: number; weight: number };

/** A template as it stands: with the content of its latest version, so that a look at it is one read. */
export type Template = Content & {
  id: string;
  workspaceId: string;
  source: "own" | "shipped";
  name: string;
  description: string;
  category: string;
  rating: Rating;
  latestVersion: number;
  labels: { production: number; candidate?: number };
  /** The experiment that goes on: it chooses the version of requests that name none. */
  experiment?: { id: string; arms: Arm[] };
  copiedFrom?: { id: string; version: number };
  createdBy: string;
  createdAt: string;
  updatedAt: string;
  /** Of this row; a version of the content has a number. */
  version: number;
};

export const contentOf = ({ text, negativePrompt, variables, parameters }: Content): Content => ({
  text,
  ...(negativePrompt !== undefined && { negativePrompt }),
  variables,
  parameters,
});
