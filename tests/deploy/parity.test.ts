import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App as CdkApp } from "aws-cdk-lib";
import { App as SstApp } from "sst/constructs/App.js";
import { setProject } from "sst/project.js";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import sst from "../../sst.config.ts";
import { configFrom } from "../../stacks/context.ts";
import { mount } from "../../stacks/mount.ts";

const account = "000000000000";
const context = { "aws:cdk:bundling-stacks": [] };
const folder = mkdtempSync(join(tmpdir(), "atelier-parity-"));
afterAll(async () => {
  // SST opens its log in the background, and fails if the folder is gone by then.
  await vi.waitFor(() => expect(existsSync(join(folder, "debug.log"))).toBe(true));
  rmSync(folder, { recursive: true, force: true });
});

/** The account that the CDK's command line learns when it deploys, SST's before it synthesises. */
class AccountApp extends CdkApp {
  override readonly account = account;
}

/** The one stack's template as `cdk deploy` gets it. */
function fromCdk(stage: string, region: string): unknown {
  const given: Record<string, string> = { stage, region };
  const app = new AccountApp({ outdir: join(folder, "cdk"), context, analyticsReporting: false, builtinCloudFormationValidation: false });
  mount(
    app,
    configFrom((key) => given[key]),
  );
  return app.synth().stacks.map(({ template }) => template);
}

/** The same as `sst deploy` gets it: SST's own app, made and finished as in its stacks/synth.js, where the account comes from STS. */
async function fromSst(stage: string, region: string): Promise<unknown> {
  const { name } = sst.config({ stage, region });
  const app = new SstApp(
    { account, stage, name, region, mode: "deploy" },
    {
      outdir: join(folder, "sst"),
      context: { ...context, "aws:cdk:enable-path-metadata": false },
      builtinCloudFormationValidation: false,
    },
  );
  sst.stacks(app);
  await app.finish();
  return app.synth().stacks.map(({ template }) => template);
}

type Tag = { Key: string };
const isSstTag = (key: string): boolean => key === "sst:app" || key === "sst:stage";

/** Without what SST adds to every resource, and nothing else: its two tags, in both of the forms that CloudFormation has for tags. */
const withoutSstTags = (template: unknown): unknown =>
  JSON.parse(JSON.stringify(template), (key, value) => {
    if (key !== "Tags" && key !== "UserPoolTags") return value;
    if (Array.isArray(value)) return (value as Tag[]).filter(({ Key }) => !isSstTag(Key));
    return Object.fromEntries(Object.entries(value).filter(([name]) => !isSstTag(name)));
  });

beforeAll(() => {
  setProject({
    version: "2.49.8",
    cdkVersion: "2.276.0",
    constructsVersion: "10.8.1",
    config: { name: "atelier", stage: "dev", region: "eu-west-1", ssmPrefix: "/sst/atelier/dev/" },
    paths: { root: folder, config: join(folder, "sst.config.ts"), out: folder, artifacts: join(folder, "artifacts") },
    metafile: { inputs: {}, outputs: {} },
    stacks: () => {},
  });
});

test.each([
  ["dev", "eu-west-1"],
  ["prod", "us-east-2"],
])("sst deploy and cdk deploy give stage %s in %s the same template", async (stage, region) => {
  const tagged = await fromSst(stage, region);
  expect(JSON.stringify(tagged)).toContain('"sst:stage"');
  expect(withoutSstTags(tagged)).toEqual(fromCdk(stage, region));
});
