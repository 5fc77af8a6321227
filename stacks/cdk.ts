import { env } from "node:process";
import { App, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { acknowledge } from "./acknowledgements.ts";
import { configFrom } from "./context.ts";
import { mount } from "./mount.ts";

/** What `cdk synth`, `cdk deploy` and `npm run synth` run. Fails with a report if the rules of AwsSolutions find something. */
const app = new App({ outdir: env.CDK_OUTDIR ?? "cdk.out" });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
mount(
  app,
  configFrom((key) => app.node.tryGetContext(key)),
);
for (const child of app.node.children) if (Stack.isStack(child)) acknowledge(child);
app.synth();
