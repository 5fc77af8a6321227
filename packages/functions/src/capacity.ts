import { type Capacity, capacityStore } from "@atelier/core/capacity";
import { limitsFrom } from "@atelier/core/providers";
import { once, table } from "./clients.ts";
import { optional } from "./env.ts";

/** What may be asked of each provider at once, shared by all workers. */
export const capacity = once((): Capacity => capacityStore(table(), limitsFrom(optional("PROVIDER_LIMITS"))));
