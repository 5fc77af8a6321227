import * as z from "zod";

export const Email = z.email().max(254).describe("Compared without regard to case.");
export const Password = z.string().min(1).max(256);
export const Code = z.string().regex(/^\d{6}$/, "The six digits from the mail.");

export const Tokens = z
  .object({
    accessToken: z.string().describe("For `Authorization: Bearer`."),
    idToken: z.string(),
    refreshToken: z.string().describe("Good for one use; refreshing gives the next."),
    expiresInSeconds: z.int().describe("Life of the access token."),
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
