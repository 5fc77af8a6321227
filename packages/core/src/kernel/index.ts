export { Busy, isBusy } from "./busy.ts";
export { type Clock, processClock } from "./clock.ts";
export { type Actor, actorId, type Context, instant, type Once, type Role, requireRole, type Tier } from "./context.ts";
export { eventOf, type RowEvent } from "./event.ts";
export { derivedIdAt, type IdPrefix, idPattern, lowestIdAt, madeAt, newId } from "./ids.ts";
export { type FieldError, notFound, Problem, type ProblemType, problems, requireVersion, type Trouble, troubleOf } from "./problem.ts";
export { eventIn, eventText, type Item, type Row, type RowKeys, type Versioned } from "./row.ts";
export {
  Conflict,
  insert,
  makeTable,
  type Page,
  type PageRequest,
  persist,
  replace,
  type Table,
} from "./table.ts";
export { adding, type Key, type Write } from "./write.ts";
