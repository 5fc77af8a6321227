import { capacityStore } from "@atelier/core/capacity";
import { limitsFrom } from "@atelier/core/providers";
import { table } from "./clients.ts";
import { fromSettings } from "./provider-settings.ts";

/** What may be asked of each provider at once, shared by all workers. */
export const capacity = fromSettings((setting) => capacityStore(table(), limitsFrom(setting("PROVIDER_LIMITS"))));
