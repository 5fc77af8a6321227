import * as z from "zod";
import { type Context, instant, Problem, persist, problems, replace, type Table } from "../kernel/index.ts";
import { type Delivered, signedBy } from "../outside/index.ts";
import type { Account } from "./account.ts";
import { accountKey } from "./accounts.ts";
import { identityProblems } from "./problems.ts";

/** What a provider of age checks has found out, in its own words about one of ours. */
export const AgeCheck = z.strictObject({
  userId: z.uuid().max(36),
  adult: z.boolean().describe("Whether they are of age; false takes back what was said before."),
});

/**
 * Takes the word of a provider of age checks: signed as Standard Webhooks has it, at most five minutes ago. An older word than the last one changes nothing,
 * so that a true one cannot be played again after a false one. Only somebody with a date of birth can be confirmed. Throws `auth/age-check-refused`.
 */
export async function confirmAge(
  ctx: Context,
  { table }: { table: Table },
  secret: string | undefined,
  delivered: Delivered,
): Promise<void> {
  const { userId, adult, saidAt } = read(secret, delivered);
  await persist(async () => {
    const account = await table.get<Account>(accountKey(userId));
    if (!account || (adult && account.dateOfBirth === undefined)) throw nobody();
    // Of a yes and a no in the same second, the no counts.
    const before = account.ageSaidAt ?? 0;
    if (before > saidAt || (before === saidAt && adult)) return;
    const { ageConfirmedAt: _before, ...kept } = account;
    const at = instant(ctx.clock.now());
    const confirmed: Account = {
      ...kept,
      ...(adult && { ageConfirmedAt: at }),
      ageSaidAt: saidAt,
      updatedAt: at,
      version: account.version + 1,
    };
    await table.write(replace({ ...accountKey(userId), ...confirmed }));
  });
}

const nobody = (): Problem =>
  new Problem(problems.invalid, "There is nobody here to confirm.", {
    errors: [{ pointer: "#/userId", detail: "Somebody who has an account, and has set their date of birth." }],
  });

function read(secret: string | undefined, delivered: Delivered): z.infer<typeof AgeCheck> & { saidAt: number } {
  const refused = (detail: string) => new Problem(identityProblems.ageCheckRefused, detail);
  if (secret === undefined) throw refused("No secret of a provider of age checks is set here.");
  try {
    const { said, saidAt } = signedBy(secret, delivered);
    return { ...AgeCheck.parse(said), saidAt };
  } catch {
    throw refused("It is not signed with the secret of this place, is more than five minutes old, or cannot be read.");
  }
}
