import { type BinaryLike, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { AwsError } from "../wire/aws-json.ts";
import { invalid } from "./input.ts";

export type PasswordPolicy = {
  minimumLength: number;
  requireUppercase: boolean;
  requireLowercase: boolean;
  requireNumbers: boolean;
  requireSymbols: boolean;
};

const derive = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);

/** By its binary logarithm. 14 is 16 MiB and some 50 ms a guess; the lockout and the policy do the rest. Tests, which sign up hundreds of people, ask for less. */
const usualCost = 14;
const costNow = (): number => Number(process.env.ATELIER_PASSWORD_COST ?? usualCost);
const parameters = (logarithm: number) => ({ N: 2 ** logarithm, r: 8, p: 1 });
const keyBytes = 32;
const saltBytes = 16;

/** The symbols that count, a space inside included. @see https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html */
const symbol = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/;

/**
 * @throws InvalidPasswordException in Cognito's own sentences
 * @throws InvalidParameterException for what no policy allows: over 256 characters, or space at an end
 */
export function checkPolicy(password: string, policy: PasswordPolicy): void {
  const refuse = (reason: string) => {
    throw new AwsError("InvalidPasswordException", `Password did not conform with policy: ${reason}`);
  };
  if (password.length > 256 || password !== password.trim())
    throw invalid(
      "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$",
    );
  if (password.length < policy.minimumLength) refuse("Password not long enough");
  if (policy.requireUppercase && !/[A-Z]/.test(password)) refuse("Password must have uppercase characters");
  if (policy.requireLowercase && !/[a-z]/.test(password)) refuse("Password must have lowercase characters");
  if (policy.requireNumbers && !/[0-9]/.test(password)) refuse("Password must have numeric characters");
  if (policy.requireSymbols && !symbol.test(password)) refuse("Password must have symbol characters");
}

/** Cost, salt and scrypt hash as `cost.salt.hash`, the latter two in base64url; `salt.hash` where the cost is the usual one. */
export async function hashPassword(password: string): Promise<string> {
  const [salt, cost] = [randomBytes(saltBytes), costNow()];
  const hash = await derive(password, salt, keyBytes, parameters(cost));
  const kept = `${salt.toString("base64url")}.${hash.toString("base64url")}`;
  return cost === usualCost ? kept : `${cost}.${kept}`;
}

/** A stranger's password costs the same time as a user's, so that time does not tell who is one. */
const nobody = () => `${costNow()}.${Buffer.alloc(saltBytes).toString("base64url")}.${Buffer.alloc(keyBytes).toString("base64url")}`;

/** `stored` is undefined where there is no such user: then false, after the same work. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [hash = "", salt = "", logarithm = usualCost] = (stored ?? nobody()).split(".").reverse();
  const derived = await derive(password, Buffer.from(salt, "base64url"), keyBytes, parameters(Number(logarithm)));
  return timingSafeEqual(derived, Buffer.from(hash, "base64url")) && stored !== undefined;
}
