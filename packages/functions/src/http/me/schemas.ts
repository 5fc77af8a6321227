import { type Account as AccountRow, locales } from "@atelier/core/identity";
import * as z from "zod";
import { Instant } from "../schemas.ts";

export const Account = z
  .object({
    userId: z.uuid(),
    email: z.email(),
    displayName: z.string(),
    bio: z.string(),
    location: z.string(),
    languages: z.array(z.string()),
    locale: z.enum(locales),
    timeZone: z.string(),
    tier: z.enum(["free", "premium", "enterprise", "vip"]),
    workspaceId: z.string(),
    links: z.array(z.object({ label: z.string(), url: z.url() })),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int(),
  })
  .meta({ id: "Account" });

export type AccountOutcome = { account: AccountRow; tier: "free" | "premium" | "enterprise" | "vip" };

export const accountView = ({ account, tier }: AccountOutcome) => ({ body: { ...account, tier }, version: account.version });

export const exampleAccount = {
  userId: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10",
  email: "ada@example.org",
  displayName: "Ada",
  bio: "Landscapes, mostly.",
  location: "Lyon",
  languages: ["fr", "en"],
  locale: "fr",
  timeZone: "Europe/Paris",
  tier: "free",
  workspaceId: "wks_01J0000000000000000000000A",
  links: [{ label: "Site", url: "https://ada.example.org" }],
  createdAt: "2026-11-20T10:00:00.000Z",
  updatedAt: "2026-11-20T10:00:00.000Z",
  version: 1,
};
