import { rmSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { type Config, defaults } from "./config.ts";
import { mount } from "./mount.ts";

/** The CloudFormation template alone, without bundling the functions: what the embedded cloud and the tests read. */
export function template(config: Partial<Config> = {}): { Resources: Record<string, unknown> } {
  const app = new App({
    context: { "aws:cdk:bundling-stacks": [] },
    analyticsReporting: false,
    // Takes four times as long as all the rest, and `npm run synth` does it.
    builtinCloudFormationValidation: false,
  });
  mount(app, { ...defaults, ...config });
  const { stacks, directory } = app.synth();
  try {
    const [stack] = stacks;
    if (!stack) throw new Error("compose made no stack.");
    return stack.template;
  } finally {
    // The CDK writes what it made to a folder of its own in the temporary folder, and leaves it there.
    rmSync(directory, { recursive: true });
  }
}
