import { type MatrixFault, matrixFaults } from "./matrix.ts";

/**
 * What becomes of an edit at each provider that makes some, under each fault, where the other one may make it too: the ends of its attempts. Each cell is a
 * test, and `npm run generate` writes the guide from it.
 */
export const editMatrix = {
  replicate: {
    throttle: "failed, drawn",
    throttleWithoutRetryAfter: "failed, drawn",
    serverError: "lost, drawn",
    unavailable: "failed, drawn elsewhere",
    garbage: "lost, drawn",
    resetBefore: "lost, drawn",
    resetAfter: "drawn",
    hangBefore: "lost, drawn",
    hang: "drawn",
    slowDrip: "drawn",
    cutShort: "drawn",
    truncatedImage: "drawn",
    wrongType: "failed, drawn elsewhere",
    refuse: "refused",
  },

  stability: {
    throttle: "failed, drawn",
    throttleWithoutRetryAfter: "failed, drawn",
    serverError: "failed, drawn elsewhere",
    unavailable: "failed, drawn elsewhere",
    garbage: "unknown, drawn elsewhere",
    resetBefore: "unknown, drawn elsewhere",
    resetAfter: "unknown, drawn elsewhere",
    hangBefore: "unknown, drawn elsewhere",
    hang: "unknown, drawn elsewhere",
    slowDrip: "unknown, drawn elsewhere",
    cutShort: "unknown, drawn elsewhere",
    truncatedImage: "failed, drawn elsewhere",
    wrongType: "failed, drawn elsewhere",
    refuse: "refused",
  },
} as const satisfies Record<string, Record<MatrixFault, string>>;
export type EditProvider = keyof typeof editMatrix;

const operations = [{ type: "remove_background" }, { type: "upscale", factor: 2 }] as const;
type Row = { fault: MatrixFault; words: string; operation: (typeof operations)[number] };

/** The rows, which are tried with either operation in turn: what a fault means goes by the provider, and not by what it is asked for. */
export const editRows: readonly Row[] = (Object.entries(matrixFaults) as [MatrixFault, string][]).map(([fault, words], index) => ({
  ...{ fault, words },
  operation: operations[index % 2] ?? operations[0],
}));
