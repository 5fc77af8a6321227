/** Longest side that an edit may give, in pixels. */
export const longestSide = 8_192;
/** Operations of one edit. */
export const mostOperations = 10;

export const filterNames = ["mono", "sepia", "warm", "cool", "vivid", "faded"] as const;
export type FilterName = (typeof filterNames)[number];
