import { type EditProvider, editMatrix, editRows } from "../tests/faults/edit-matrix.ts";
import { type MatrixFault, type MatrixProvider, matrix, matrixFaults } from "../tests/faults/matrix.ts";

const providers = Object.keys(matrix) as MatrixProvider[];

const cell = (provider: MatrixProvider, fault: MatrixFault): string =>
  (matrix[provider] as Partial<Record<MatrixFault, string>>)[fault] ?? "–";

/** docs/guides/fault-matrix.md, from what the tests expect. */
export function faultMatrixGuide(): string {
  const rows = (Object.entries(matrixFaults) as [MatrixFault, string][]).map(
    ([fault, words]) => `| ${words} | ${providers.map((provider) => cell(provider, fault)).join(" | ")} |`,
  );
  return [intro, ...tableOf(providers, rows), "", editsIntro, ...tableOf(editors, editCells()), ""].join("\n");
}

const tableOf = (columns: readonly string[], rows: readonly string[]): string[] => [
  `| | ${columns.join(" | ")} |`,
  `|---|${columns.map(() => "---|").join("")}`,
  ...rows,
];

const editors = Object.keys(editMatrix) as EditProvider[];
const editCells = (): string[] =>
  editRows.map(
    ({ fault, words, operation }) => `| ${words} (\`${operation.type}\`) | ${editors.map((name) => editMatrix[name][fault]).join(" | ")} |`,
  );

const intro = `# A generation under each fault of each provider

Written by \`npm run generate\` from \`tests/faults/matrix.ts\`; each cell is a test in \`tests/faults/matrix.test.ts\`, with the real worker, the real database and the provider's stand-in over HTTP. [What a failure means](providers.md) is decided by the adapter; this is what then becomes of the picture.

A request allows a provider and, after it, the built-in renderer. The provider fails once as the row says. A cell lists the ends of all attempts, in order: \`drawn\` and \`failed\`; \`lost\`, which the provider has surely never got, and which is made again; \`unknown\`, of which nobody can tell whether it was drawn and billed: its money stays reserved, and it is not repeated there; \`refused\`, with which nobody else is asked. “drawn elsewhere” is the built-in renderer's. In each cell no more was taken by the provider than there are attempts, and the books are its own to the micro-dollar, but for what is unknown, which is never less.

“–”: the stand-in cannot do that.
`;

const editsIntro = `## Edits that providers make

From \`tests/faults/edit-matrix.ts\`, in the same way: each cell is a test in \`tests/faults/edit-matrix.test.ts\`. One of the two providers is asked first and fails once as the row says; “drawn elsewhere” is the other one's. What a fault means goes by the provider, and not by what it is asked for, so the rows are tried with either operation in turn. In each cell the version, its job and the budget tell one price.
`;
