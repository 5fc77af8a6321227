import { type PromptDeps, promptStore } from "@atelier/core/prompts";
import { once, table } from "../../clients.ts";

export const prompts = once((): PromptDeps => ({ prompts: promptStore(table()) }));
