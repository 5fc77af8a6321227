import type { Stack } from "aws-cdk-lib";
import { Tags } from "aws-cdk-lib";
import { accessLogs } from "./access-logs.ts";
import type { Config } from "./config.ts";
import { data } from "./data.ts";
import { generation } from "./generation.ts";
import { history } from "./history.ts";
import { api, http } from "./http.ts";
import { identity } from "./identity.ts";
import { library } from "./library.ts";
import { messaging } from "./messaging.ts";
import { metrics } from "./metrics.ts";
import { operations } from "./operations.ts";
import { plans } from "./plans.ts";
import { prompts } from "./prompts.ts";
import { publishing } from "./publishing.ts";
import { relay } from "./relay.ts";

/** The whole system, on a stack that the caller makes: `sst deploy`, `cdk deploy` and the embedded cloud each bring their own. */
export function compose(makeStack: (id: string) => Stack, config: Config): void {
  const stack = makeStack("main");
  Tags.of(stack).add("app", config.app);
  Tags.of(stack).add("stage", config.stage);
  const stored = data(stack, config);
  const people = identity(stack, config);
  const messages = messaging(stack, config);
  const front = api(stack, config);
  const relaying = relay(stack, stored, messages);
  const drawing = generation(stack, config, stored, messages, front);
  const shelves = library(stack, config, stored, messages);
  prompts(stack, stored, messages);
  metrics(stack, config, stored, messages);
  history(stack, stored, messages);
  const planning = plans(stack, config, stored, messages);
  publishing(stack, stored, messages, front, drawing, planning, shelves);
  http(stack, config, stored, people, front, drawing);
  accessLogs(stack, stored);
  operations(stack, config, stored, messages, front, relaying);
}

export { type Config, defaults } from "./config.ts";
