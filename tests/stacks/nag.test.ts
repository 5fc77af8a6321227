import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, expect, test } from "vitest";
import { acknowledge, acknowledgements } from "../../stacks/acknowledgements.ts";
import { defaults } from "../../stacks/config.ts";
import { mount } from "../../stacks/mount.ts";

const outdir = mkdtempSync(join(tmpdir(), "nag-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** An app as stacks/cdk.ts makes it, but for the bundles and the CDK's own validation, which take long. */
function checkedApp(): { app: App; stack: Stack; checks: AwsSolutionsChecks } {
  const context = { "aws:cdk:bundling-stacks": [] };
  const app = new App({ outdir, context, analyticsReporting: false, builtinCloudFormationValidation: false });
  const checks = new AwsSolutionsChecks(app);
  Validations.of(app).addPlugins(checks);
  mount(app, defaults);
  const stack = app.node.children.find((child) => Stack.isStack(child));
  if (!stack) throw new Error("mount made no stack.");
  return { app, stack, checks };
}

test("the stacks are synthesised: AwsSolutions finds nothing that is not acknowledged", () => {
  const { app, stack } = checkedApp();
  acknowledge(stack);
  expect(app.synth().stacks).toHaveLength(1);
});

test("synthesis fails on a finding", () => {
  const { app, stack } = checkedApp();
  acknowledge(stack);
  new Bucket(stack, "Careless");
  expect(() => app.synth()).toThrow("Careless/Resource");
});

test("every acknowledgement answers a finding, so that none outlives its cause", () => {
  const { stack, checks } = checkedApp();
  const found = checks
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ ruleName, path: `${constructPath}/` })),
    );
  const idle = acknowledgements(stack).filter(
    ({ id, path }) => !found.some((finding) => finding.ruleName === id && finding.path.startsWith(`${stack.node.path}/${path}/`)),
  );
  expect(idle).toEqual([]);
});
