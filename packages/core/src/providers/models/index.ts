import type { ImageModel } from "../catalogue.ts";
import { replicateModels } from "./replicate.ts";
import { stabilityModels } from "./stability.ts";

/** Every model that is known, live and retired. Prices and ids are defaults: configuration has the last word (`overridden`). */
export const imageModels: readonly ImageModel[] = [...replicateModels, ...stabilityModels];
