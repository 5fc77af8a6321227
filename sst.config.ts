import type { App } from "aws-cdk-lib";
import { configFrom } from "./stacks/context.ts";
import { mount } from "./stacks/mount.ts";

/** `sst deploy` mounts the same stacks as `cdk deploy`; SST brings the command line, the stage and the region, nothing else. */
const sst = {
  config: (given: { stage?: string; region?: string }) => ({ name: "atelier", stage: given.stage, region: given.region ?? "eu-west-1" }),
  stacks(app: App & { stage: string; region: string }) {
    mount(app, { ...configFrom((key) => process.env[`ATELIER_${key.toUpperCase()}`]), stage: app.stage, region: app.region });
  },
};

export default sst;
