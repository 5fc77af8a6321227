import { missingTextSettings } from "@atelier/core/providers";
import { textCatalogueOf } from "@atelier/core/writing";
import { fromSettings } from "./provider-settings.ts";

/** Models of text with what can be used here, in the operator's order (`TEXT_ORDER`). It loads no adapter. */
export const textCatalogue = fromSettings((setting) => {
  const order = (setting("TEXT_ORDER") ?? "").split(",").map((name) => name.trim());
  return textCatalogueOf(
    (provider) => missingTextSettings(provider, setting),
    order.filter((name) => name !== ""),
  );
});
