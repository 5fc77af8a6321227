import * as z from "zod";
import { Amount, text } from "../schemas.ts";

export const Email = z.email().max(254).describe("Compared without regard to case.");
export const Password = z.string().min(1).max(256);
export const Code = z
  .string()
  .regex(/^\d{6}$/, { error: "The six digits from the mail.", abort: true })
  .max(6);

export const Tokens = z
  .object({
    accessToken: text(8_192).describe("For `Authorization: Bearer`."),
    idToken: text(8_192),
    refreshToken: text(4_096).describe("Good for one use; refreshing gives the next."),
    expiresInSeconds: Amount.describe("Life of the access token."),
    tokenType: z.literal("Bearer"),
  })
  .meta({ id: "Tokens" });

export const exampleEmail = "ada@example.org";
export const exampleTokens = {
  accessToken: "eyJraWQ…",
  idToken: "eyJraWQ…",
  refreshToken: "k1uX…",
  expiresInSeconds: 3600,
  tokenType: "Bearer",
};
