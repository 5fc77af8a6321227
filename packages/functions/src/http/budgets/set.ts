import { budgetProblems, setCap, standings } from "@atelier/core/budgets";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { budgets } from "./deps.ts";
import { Budget, CapRequest, exampleBudget } from "./schemas.ts";

export const setBudget = operation({
  id: "setBudget",
  method: "PUT",
  path: "/v1/budgets",
  area: "Generation",
  summary: "Set a cap",
  description:
    "In the place of the one of the same scope, provider and period. What was spent in the period counts; 0 allows nothing that costs.",
  auth: "user",
  status: 200,
  body: CapRequest,
  response: z.object({ items: z.array(Budget).max(100) }),
  problems: [problems.conflict, problems.notAllowed, budgetProblems.tooMany],
  example: { body: { scope: "workspace", period: "day", capMicroUsd: 5_000_000 }, response: { items: [exampleBudget] } },
  async run(ctx, { body }) {
    await setCap(ctx, budgets(), body);
    return standings(ctx, budgets());
  },
  view: (items) => ({ body: { items } }),
});
