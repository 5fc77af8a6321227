import { expect, test } from "vitest";
import { yearsSince } from "./age.ts";

const yearsOn = (born: string, instant: string) => yearsSince(born, Date.parse(instant));

test("somebody is of age when their birthday has begun everywhere", () => {
  expect(yearsOn("2008-11-21", "2026-11-20T23:59:59Z")).toBe(17);
  // In the west of the world it is still the day before.
  expect(yearsOn("2008-11-21", "2026-11-21T11:59:59Z")).toBe(17);
  expect(yearsOn("2008-11-21", "2026-11-21T12:00:00Z")).toBe(18);
});

test("who was born on a leap day is older from the first of March on", () => {
  expect(yearsOn("2008-02-29", "2026-02-28T23:59:59Z")).toBe(17);
  expect(yearsOn("2008-02-29", "2026-03-01T12:00:00Z")).toBe(18);
  expect(yearsOn("2008-02-29", "2028-02-29T12:00:00Z")).toBe(20);
});
