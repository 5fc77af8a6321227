/** For whom something is, mildest first: everybody, those who do not mind bare skin, adults who asked for it. */
export const ratings = ["general", "suggestive", "mature"] as const;
export type Rating = (typeof ratings)[number];

export const isWithin = (rating: Rating, most: Rating): boolean => ratings.indexOf(rating) <= ratings.indexOf(most);

/** The strictest of them. */
export const strictest = (...given: readonly Rating[]): Rating => ratings.findLast((rating) => given.includes(rating)) ?? "general";
