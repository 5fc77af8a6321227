/** Bounds that requests, jobs and their rows share. */
export const maxSeed = 4_294_967_295;

/** Providers that one request may go through. */
export const longestRoute = 5;

/** Images of one request. Each is asked for by itself, so that it has its own attempts and its own price. */
export const maxImages = 8;

/** Attempts for one image, whoever made them, after which it has failed. With those of all images a row stays below 30 kB. */
export const maxAttempts = 8;
