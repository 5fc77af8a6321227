export {
  type Adulthood,
  type Judgement,
  judge,
  type MaturePolicy,
  maturePolicies,
  type Opinion,
  type Reader,
  type SafetyDeps,
  safetyProblems,
} from "./judge.ts";
export { isWithin, type Rating, ratings, strictest } from "./rating.ts";
export { type Asked, type Rule, rules, rulesVersion, type Screening, screen } from "./screen.ts";
