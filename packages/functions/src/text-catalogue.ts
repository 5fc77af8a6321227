import { missingTextSettings } from "@atelier/core/providers";
import { textCatalogueOf, unknownNames } from "@atelier/core/writing";
import { logger } from "./log.ts";
import { fromSettings } from "./provider-settings.ts";

/** Models of text with what can be used here, in the operator's order (`TEXT_ORDER`). It loads no adapter. */
export const textCatalogue = fromSettings((setting) => {
  const order = (setting("TEXT_ORDER") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = unknownNames(order);
  if (unknown.length > 0) logger.error("TEXT_ORDER has names of no model; they are passed over.", { unknown });
  return textCatalogueOf((provider) => missingTextSettings(provider, setting), order);
});
