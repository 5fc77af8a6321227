import type { Catalogue, Order } from "@atelier/core/generation";
import * as z from "zod";
import { text, Version } from "../schemas.ts";

const mostProviders = 30;

export const OrderRequest = z.strictObject({
  providers: z
    .array(z.string().min(1).max(60))
    .max(mostProviders)
    .describe("Those to be asked first, in this order. Empty: as the operator has it."),
});

export const ProviderOrder = z
  .object({
    providers: z.array(text(60)).max(mostProviders).describe("The workspace's own choice."),
    inForce: z
      .array(text(60))
      .max(2 * mostProviders)
      .describe("It, and then the operator's. Whoever is on and not named follows, the cheapest first."),
    version: Version.optional().describe("Absent as long as nothing was ever chosen."),
  })
  .meta({ id: "ProviderOrder" });

export const orderBody = ({ providers, version }: Order, { order }: Catalogue) => ({
  providers,
  inForce: [...providers, ...order.filter((name) => !providers.includes(name))],
  version: version === 0 ? undefined : version,
});

export const exampleOrder = { providers: ["replicate", "stability"], inForce: ["replicate", "stability"], version: 1 };
