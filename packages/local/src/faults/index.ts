export type { Standing } from "./book.ts";
export { createFaults, type Faults } from "./faults.ts";
export { BadRule } from "./rule.ts";
