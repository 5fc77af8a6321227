import * as z from "zod";
import { operation } from "../operation.ts";

export const health = operation({
  id: "health",
  method: "GET",
  path: "/v1/health",
  area: "Service",
  summary: "Whether the API answers",
  auth: "open",
  status: 200,
  response: z.object({ status: z.literal("ok") }),
  problems: [],
  example: { response: { status: "ok" } },
  run: async () => ({ status: "ok" as const }),
});
