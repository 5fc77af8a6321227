import { type MatrixFault, type MatrixProvider, matrix, matrixFaults } from "../tests/faults/matrix.ts";

const providers = Object.keys(matrix) as MatrixProvider[];

const cell = (provider: MatrixProvider, fault: MatrixFault): string =>
  (matrix[provider] as Partial<Record<MatrixFault, string>>)[fault] ?? "–";

/** docs/guides/fault-matrix.md, from what the tests expect. */
export function faultMatrixGuide(): string {
  const rows = (Object.entries(matrixFaults) as [MatrixFault, string][]).map(
    ([fault, words]) => `| ${words} | ${providers.map((provider) => cell(provider, fault)).join(" | ")} |`,
  );
  return [intro, `| | ${providers.join(" | ")} |`, `|---|${providers.map(() => "---|").join("")}`, ...rows, ""].join("\n");
}

const intro = `# A generation under each fault of each provider

Written by \`npm run generate\` from \`tests/faults/matrix.ts\`; each cell is a test in \`tests/faults/matrix.test.ts\`, with the real worker, the real database and the provider's stand-in over HTTP. [What a failure means](providers.md) is decided by the adapter; this is what then becomes of the picture.

A request allows a provider and, after it, the built-in renderer. The provider fails once as the row says. A cell lists the ends of all attempts, in order: \`drawn\` and \`failed\`; \`lost\`, which the provider has surely never got, and which is made again; \`unknown\`, of which nobody can tell whether it was drawn and billed: its money stays reserved, and it is not repeated there; \`refused\`, with which nobody else is asked. “drawn elsewhere” is the built-in renderer's. In each cell no more was taken by the provider than there are attempts, and the books are its own to the micro-dollar, but for what is unknown, which is never less.

“–”: the stand-in cannot do that.
`;
