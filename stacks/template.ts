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
  const [stack] = app.synth().stacks;
  if (!stack) throw new Error("compose made no stack.");
  return stack.template;
}
