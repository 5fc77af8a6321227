import { Logger } from "@aws-lambda-powertools/logger";

/** One JSON object a line. Nothing that a person typed, no token and no address of a person goes in. */
export const logger = new Logger({ serviceName: "atelier" });
