import { root } from "./root.ts";

/** Packages with native code: they are not bundled. For Lambda they are installed beside the bundle, for its platform. */
export const nativePackages = ["sharp"];

/** How a function is bundled, for Lambda and for the check of the sizes. SDK included: the copy in Lambda's image loads slower. */
export const bundle = {
  target: "node24",
  minify: true,
  mainFields: ["module", "main"],
  // Some CommonJS packages call require(), which an ES module does not have.
  banner: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  alias: {
    "@aws-sdk/credential-provider-node": `${root}stacks/lambda-credentials.ts`,
    "node:http": `${root}stacks/lambda-http.ts`,
    "@smithy/core/event-streams": `${root}stacks/lambda-event-streams.ts`,
  },
} as const;
