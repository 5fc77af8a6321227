import { standings } from "@atelier/core/budgets";
import * as z from "zod";
import { operation } from "../operation.ts";
import { budgets } from "./deps.ts";
import { Budget, exampleBudget } from "./schemas.ts";

export const listBudgets = operation({
  id: "listBudgets",
  method: "GET",
  path: "/v1/budgets",
  area: "Generation",
  summary: "Your workspace's caps, and how far they are used up",
  description: "A workspace that never chose has 5 dollars a day.",
  auth: "user",
  status: 200,
  response: z.object({ items: z.array(Budget).max(100) }),
  problems: [],
  example: { response: { items: [exampleBudget] } },
  run: (ctx) => standings(ctx, budgets()),
  view: (items) => ({ body: { items } }),
});
