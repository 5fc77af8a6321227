import { Logger } from "@aws-lambda-powertools/logger";
import { optional } from "./env.ts";

/** One JSON object a line. Nothing that a person typed, no token and no address of a person goes in. */
export const logger = new Logger({ serviceName: optional("SERVICE") ?? "atelier" });
