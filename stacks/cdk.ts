import { App } from "aws-cdk-lib";
import { Validations } from "aws-cdk-lib/core";
import { AwsSolutionsChecks } from "cdk-nag";
import { configFrom } from "./context.ts";
import { mount } from "./mount.ts";

/** What `cdk deploy` and `npm run synth` run. */
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
mount(
  app,
  configFrom((key) => app.node.tryGetContext(key)),
);
app.synth();
