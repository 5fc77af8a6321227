import { type IdPrefix, idPattern } from "@atelier/core/kernel";
import * as z from "zod";

/** Shapes that more than one area answers with. Everything has a limit: clients then know what to make room for. */

export const Id = z.string().min(1).max(64);
export const IdParams = z.object({ id: Id });

/** An id of ours, in answers: what asks for something else is told 404, not what an id looks like. */
export const idOf = (prefix: IdPrefix) => z.string().max(30).regex(idPattern(prefix));
/** Of a person, or of what acted in their place. */
export const ActorId = z.string().max(64);
export const Instant = z.iso.datetime().max(24);
export const Url = z.url().max(8_192);
export const Version = z.int().min(1);
/** How many, how much, or how long. */
export const Amount = z.int().min(0);
export const text = (most: number) => z.string().max(most);

const mostInPage = 100;
export const limit = z.coerce.number().int().min(1).max(mostInPage).default(25);
const Cursor = z.string().max(200);
export const PageQuery = z.strictObject({ limit, cursor: Cursor.optional() });

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item).max(mostInPage),
    nextCursor: Cursor.nullable().describe("Pass it as `cursor` for the next page; null on the last."),
  });

export const Trouble = z
  .object({ code: text(60), title: text(120), detail: text(10_000) })
  .meta({ id: "Trouble", description: "Why something did not go as hoped, in the words of problem details." });

/** Faults that one answer lists; whoever mends these is told the next. */
export const mostErrors = 50;
/** Characters of a pointer; a longer one ends at what holds the place. */
export const longestPointer = 500;

export const ProblemDocument = z
  .looseObject({
    type: Url.describe("Address of the page that explains this kind of problem."),
    title: text(120),
    status: z.int().min(400).max(599),
    detail: text(10_000),
    instance: text(16_384),
    requestId: text(64),
    errors: z
      .array(z.object({ pointer: text(longestPointer), detail: text(1_000) }))
      .max(mostErrors)
      .optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details." });
