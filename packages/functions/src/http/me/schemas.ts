import { type Account as AccountRow, locales } from "@atelier/core/identity";
import * as z from "zod";
import { Instant, idOf, text, Url, Version } from "../schemas.ts";

export const Account = z
  .object({
    userId: z.uuid().max(36),
    email: z.email().max(254),
    displayName: text(80),
    bio: text(600),
    location: text(120),
    languages: z.array(text(6)).max(10),
    locale: z.enum(locales),
    timeZone: text(64),
    tier: z.enum(["free", "premium", "enterprise", "vip"]),
    workspaceId: idOf("wks"),
    links: z.array(z.object({ label: text(40), url: Url })).max(10),
    dateOfBirth: z.iso.date().max(10).optional().describe("Seen by yourself alone."),
    ageConfirmedAt: Instant.optional().describe("When an age check has confirmed that you are of age."),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: "Account" });

export type AccountOutcome = { account: AccountRow; tier: "free" | "premium" | "enterprise" | "vip" };

export function accountView({ account: { ageSaidAt: _said, ...account }, tier }: AccountOutcome) {
  return { body: { ...account, tier }, version: account.version };
}

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
