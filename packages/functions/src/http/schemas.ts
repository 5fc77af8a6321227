import * as z from "zod";

/** Shapes that more than one area answers with. */

export const Id = z.string().min(1).max(64);
export const IdParams = z.object({ id: Id });
export const Instant = z.iso.datetime();

export const limit = z.coerce.number().int().min(1).max(100).default(25);
export const PageQuery = z.strictObject({ limit, cursor: z.string().max(200).optional() });

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe("Pass it as `cursor` for the next page; null on the last."),
  });

export const Trouble = z
  .object({ code: z.string(), title: z.string(), detail: z.string() })
  .meta({ id: "Trouble", description: "Why something did not go as hoped, in the words of problem details." });

export const ProblemDocument = z
  .looseObject({
    type: z.url().describe("Address of the page that explains this kind of problem."),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details." });
