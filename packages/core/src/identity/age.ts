/** In years. What the law of some places sets higher is for its operators to check. */
export const ageOfMajority = 18;

const halfDayMs = 12 * 60 * 60 * 1000;

/**
 * Whole years from a date of birth, `YYYY-MM-DD`, to an instant, epoch milliseconds. A birthday counts once it has begun everywhere on earth, and that of a
 * 29 February on the first of March where there is none.
 */
export function yearsSince(dateOfBirth: string, at: number): number {
  const today = new Date(at - halfDayMs).toISOString();
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return today.slice(5, 10) < dateOfBirth.slice(5) ? years - 1 : years;
}
