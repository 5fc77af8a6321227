import { AgeCheck, confirmAge, identityProblems } from "@atelier/core/identity";
import { table } from "../../clients.ts";
import { fromSettings } from "../../provider-settings.ts";
import { operation } from "../operation.ts";

const secret = fromSettings((setting) => setting("AGE_CHECK_SECRET"));

export const takeAgeCheck = operation({
  id: "takeAgeCheck",
  method: "POST",
  path: "/v1/age-checks",
  area: "Accounts",
  summary: "The word of a provider of age checks",
  description:
    "Providers call this, people do not. It takes what is signed as Standard Webhooks has it, at most five minutes ago; of two, the later one counts.",
  auth: "open",
  status: 204,
  body: AgeCheck,
  problems: [identityProblems.ageCheckRefused],
  example: { body: { userId: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10", adult: true } },
  run: async (ctx, _input, { delivered }) => confirmAge(ctx, { table: table() }, await secret(), delivered),
});
