/** Models that one request may go through, beside the built-in one. */
export const longestRoute = 5;

/** Characters of what a model is to read, and tokens of what it may say. */
export const promptMax = 20_000;
export const systemMax = 4_000;
export const tokensMax = 4_000;
export const tokensDefault = 800;

/**
 * Milliseconds in which all models together have to answer. The API's gateway waits 30 s and its functions have 29: what is left is for the book, whose
 * writes a busy database may hold up.
 */
export const deadlineMs = 22_000;

/** With less time than this left nobody is asked any more. */
export const leastMs = 1_000;

/**
 * How long a model that works may take, milliseconds: some seconds until it begins, and fifty tokens a second. With a shape it may answer twice. ⚠ Long
 * answers take longer than anybody waits here, so their time running out says nothing of the model.
 */
export const patienceMsOf = ({ maxTokens, tries }: { maxTokens: number; tries: 1 | 2 }): number => tries * (5_000 + 20 * maxTokens);

/** Of all models of one provider together, by everybody here. Those who write are quicker, and allow more, than those who draw. */
export const textLimits = { atOnce: 40, perMinute: 300 } as const;

/**
 * The name under which the places of one who writes are kept, apart from those of the same provider's pictures. What the operator has read has its own, which
 * nobody fills by asking for other words; and so has what is seen, since a hundred uploads at once shall keep nobody from writing.
 */
const linePrefix = "text-";
export const isTextLine = (line: string): boolean => line.startsWith(linePrefix);
export const lineOf = (provider: string, apart?: "operator" | "seen"): string =>
  [`${linePrefix}${provider}`, ...(apart ? [apart] : [])].join("-");
