// Reads the TypeScript. Without it dependency-cruiser would find no file to check, and be content.
import "@swc/core";

/**
 * Which folder may know which (docs/adr, layout). Dependencies point one way; types count as much as values.
 * @type {import("dependency-cruiser").IConfiguration}
 */
const tests = "[.]test[.]ts$|fixture[.]ts$|^tests/";
const domain = "^packages/core/src/([^/]+)/";

const layer = (name, comment, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: tests },
  to: { path: "^(packages|stacks|tests|scripts|bench|deploy)/", pathNot: to },
});

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two modules that need each other are one, or want a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "Nothing imports it, and it is no entry: functions, stacks' apps, scripts and configuration are started by name.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: [
          tests,
          "[.]d[.]ts$",
          "^packages/functions/src/(http|queue|schedule|stream|storage|socket)/[^/]+[.]ts$",
          "/fixtures/[^/]+[.]ts$",
          "^stacks/lambda-(credentials|event-streams|http)[.]ts$",
        ],
      },
      to: {},
    },
    layer("core-knows-core", "The product knows no HTTP, no Lambda event and no stack.", "^packages/core/", "^packages/core/"),
    layer("functions-know-core", "Handlers are thin: what they do stands in core.", "^packages/functions/", "^packages/(functions|core)/"),
    layer(
      "local-reads-the-template",
      "The embedded cloud knows the system only through its template.",
      "^packages/local/",
      "^packages/local/",
    ),
    layer(
      "simulators-stand-alone",
      "A stand-in that shares code with what it tests proves nothing.",
      "^packages/simulators/",
      "^packages/simulators/",
    ),
    layer("client-stands-alone", "The client is made from the OpenAPI document.", "^packages/client/", "^packages/client/"),
    layer("web-knows-client", "The studio is a client like any other.", "^packages/web/", "^packages/(web|client)/"),
    layer("stacks-know-stacks", "Stacks name source files as strings: what is deployed is not run to describe it.", "^stacks/", "^stacks/"),
    {
      name: "kernel-knows-no-domain",
      severity: "error",
      from: { path: "^packages/core/src/kernel/", pathNot: tests },
      to: { path: "^packages/core/src/(?!kernel/)" },
    },
    {
      name: "domains-have-one-door",
      comment: "A domain is used through its index.ts, from another domain as from outside.",
      severity: "error",
      from: { path: "^(?:packages/core/src/([^/]+)/|.)", pathNot: tests },
      to: { path: domain, pathNot: ["^packages/core/src/[^/]+/index[.]ts$", "^packages/core/src/$1/"] },
    },
    {
      name: "no-unlisted-packages",
      comment: "What a workspace imports stands among its own dependencies, never only in another's or among those of development.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "nothing-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/generated/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".mts", ".js", ".mjs", ".cjs", ".json", ".d.ts"],
    },
  },
};
