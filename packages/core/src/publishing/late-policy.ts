import * as z from "zod";

export const LatePolicy = z.strictObject({
  /** What becomes of a post that is later than `withinSeconds`: `publish` and `ask` hold it for a person, `skip` lets it go. */
  mode: z.enum(["publish", "ask", "skip"]),
  withinSeconds: z
    .int()
    .min(0)
    .max(30 * 86_400),
});
export type LatePolicy = z.infer<typeof LatePolicy>;
export const defaultLatePolicy: LatePolicy = { mode: "publish", withinSeconds: 86_400 };
