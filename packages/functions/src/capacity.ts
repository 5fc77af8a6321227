import { capacityStore } from "@atelier/core/capacity";
import { limitsFrom } from "@atelier/core/providers";
import { isTextLine, textLimits } from "@atelier/core/writing";
import { table } from "./clients.ts";
import { logger } from "./log.ts";
import { fromSettings } from "./provider-settings.ts";

type Limits = ReturnType<typeof limitsFrom>;
let good: Limits | undefined;

/** Limits can be changed while everything runs: a slip of the pen must not stop what goes on. Until it is mended, those before it hold, or the usual ones. */
function limitsOf(text: string | undefined): Limits {
  try {
    good = limitsFrom(text);
  } catch (error) {
    logger.error("PROVIDER_LIMITS cannot be read; the limits from before hold.", { error: error as Error });
    good ??= limitsFrom(undefined);
  }
  return good;
}

/** What may be asked of each provider at once, shared by all workers. Those who write have places of their own. */
export const capacity = fromSettings((setting) => {
  const drawing = limitsOf(setting("PROVIDER_LIMITS"));
  return capacityStore(table(), (line) => (isTextLine(line) ? textLimits : drawing(line)));
});
