/** Longest side that an edit may give, in pixels. */
export const longestSide = 8_192;
/**
 * Pixels that all operations of one edit may go through together: each goes through those that the one before it has left. Measured on one core, an operation
 * takes 0.15 to 0.35 s for a million of them, and the files of a picture of 50 million at most 50 s: with these an edit fits into its worker's time.
 */
export const mostPixelsTogether = 200_000_000;
/** Operations of one edit. */
export const mostOperations = 10;

export const filterNames = ["mono", "sepia", "warm", "cool", "vivid", "faded"] as const;
export type FilterName = (typeof filterNames)[number];
