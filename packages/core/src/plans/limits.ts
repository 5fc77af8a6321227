import { type Day, dayAt, midnight } from "./days.ts";

/** Bounds of what one plan may ask for. */
export const limits = {
  rules: 21,
  /** Pictures in one window. */
  perWindow: 24,
  skipDates: 100,
  /** Of a quota: so many that all of its images are read in one call. */
  approvals: 50,
  quotaImages: 100,
  /** Plans of a workspace that are active at the same time. */
  activePlans: 100,
  /** Days that the calendar shows at most. */
  calendarDays: 31,
} as const;

export const latestYear = 2099;

/** A date that exists, in this century. */
export function isSoundDay(day: string): day is Day {
  if (!/^20\d\d-\d\d-\d\d$/.test(day)) return false;
  const at = midnight(day);
  return !Number.isNaN(at) && dayAt(at) === day;
}
