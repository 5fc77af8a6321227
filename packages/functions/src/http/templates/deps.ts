import { promptStore, type WordingDeps } from "@atelier/core/prompts";
import { once, table } from "../../clients.ts";
import { safety } from "../../safety.ts";

export const prompts = once((): WordingDeps => ({ prompts: promptStore(table()), safety: safety() }));
