import { budgetStore } from "@atelier/core/budgets";
import { processClock } from "@atelier/core/kernel";
import { metricsStore } from "@atelier/core/metrics";
import { makeOutside } from "@atelier/core/outside";
import { isTextProviderName, makeTextModel, type TextModel, textModels, textSettingsIn } from "@atelier/core/providers";
import { callStore, type WritingDeps } from "@atelier/core/writing";
import { capacity } from "./capacity.ts";
import { table } from "./clients.ts";
import { fromSettings } from "./provider-settings.ts";
import { textCatalogue } from "./text-catalogue.ts";

/** Whoever writes, with their adapters. */
const models = fromSettings((setting): WritingDeps["models"] => {
  const means = { outside: makeOutside(), models: textModels, now: processClock.now };
  const made = new Map<string, TextModel>();
  return (provider) => {
    if (!isTextProviderName(provider)) return undefined;
    const model = made.get(provider) ?? makeTextModel(provider, textSettingsIn(provider, setting), means);
    made.set(provider, model);
    return model.missing().length === 0 ? model : undefined;
  };
});

export const writingDeps = async (): Promise<WritingDeps> => ({
  budgets: budgetStore(table()),
  calls: callStore(table()),
  metrics: metricsStore(table()),
  capacity: await capacity(),
  catalogue: await textCatalogue(),
  models: await models(),
});
