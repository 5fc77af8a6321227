import { type App, Stack } from "aws-cdk-lib";
import type { Config } from "./config.ts";
import { compose } from "./index.ts";

/** Mounts the system on an app of SST's or CDK's own: the same construct ids, so the same resources from both. */
export function mount(app: App, config: Config): void {
  compose((id) => new Stack(app, `${config.stage}-${config.app}-${id}`, { env: { region: config.region } }), config);
}
