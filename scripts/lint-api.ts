import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import core, { type RulesetDefinition } from "@stoplight/spectral-core";
import owasp from "@stoplight/spectral-owasp-ruleset";
import parsers from "@stoplight/spectral-parsers";
import rulesets from "@stoplight/spectral-rulesets";

/** Lints the OpenAPI document: Redocly's recommended rules, Spectral's for OpenAPI, and the OWASP API Security Top 10. Fails on any error. */

/** Rules that do not fit, with the reason. Everything else is mended in packages/functions/src/http/openapi. */
const off: Record<string, string> = {
  "oas3-valid-media-example": "Redocly and tests/api/contract.test.ts check the same in a tenth of the time.",
  "owasp:api8:2023-define-cors-origin":
    "The gateway adds it, and only for the origins that the operator lists: by itself no answer may be read from another origin.",
  "owasp:api4:2023-string-restricted":
    "Words that people write follow no pattern. Every text has a length, which another rule sees to; what has a form has a pattern.",
};

type Exception = { rules: readonly string[]; where: RegExp; why: string };

/** Places that a rule rightly does not reach. */
const exceptions: readonly Exception[] = [
  {
    rules: ["owasp:api2:2023-write-restricted", "owasp:api8:2023-define-error-responses-401"],
    where: /^paths\/\/v1\/auth\/(register|confirm|confirm\/resend|login|refresh|password\/forgot|password\/reset)\//,
    why: "Whoever signs up or in has no token yet. They are limited by address.",
  },
  {
    rules: [
      "owasp:api2:2023-read-restricted",
      "owasp:api4:2023-rate-limit",
      "owasp:api4:2023-rate-limit-responses-429",
      "owasp:api8:2023-define-error-responses-401",
    ],
    where: /^paths\/\/v1\/health\//,
    why: "It answers whoever watches the service, says nothing of anybody, and calls nothing: there is nobody to count.",
  },
  {
    rules: [
      "owasp:api2:2023-write-restricted",
      "owasp:api4:2023-rate-limit",
      "owasp:api4:2023-rate-limit-responses-429",
      "owasp:api8:2023-define-error-responses-401",
    ],
    where: /^paths\/\/v1\/(webhooks\/|age-checks)/,
    why: "A provider has no token but signs what it sends, and all of its customers' webhooks come from the same few addresses. What is not signed calls nothing.",
  },
];

type Found = { rule: string; place: string; message: string; severity: "error" | "warning" };

const path = "packages/functions/generated/openapi.json";
const source = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const started = performance.now();

const found = [...(await byRedocly()), ...(await bySpectral())];
const left = found.filter(({ rule, place }) => !exceptions.some(({ rules, where }) => rules.includes(rule) && where.test(place)));
for (const { severity, rule, place, message } of left) console.error(`${severity} ${rule} ${place}\n  ${message}`);
const count = (severity: Found["severity"]) => left.filter((item) => item.severity === severity).length;
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
console.log(`${path}: ${count("error")} errors, ${count("warning")} warnings, ${found.length - left.length} excepted, in ${seconds} s`);
if (count("error") > 0) process.exitCode = 1;

async function byRedocly(): Promise<Found[]> {
  const problems = await lintFromString({ source, absoluteRef: path, config: await createConfig({ extends: ["recommended"] }) });
  return problems.map(({ ruleId, message, location, severity }) => ({
    rule: ruleId,
    place: location[0]?.pointer ?? "",
    message,
    severity: severity === "error" ? "error" : "warning",
  }));
}

async function bySpectral(): Promise<Found[]> {
  const spectral = new core.Spectral();
  const rules = Object.fromEntries(Object.keys(off).map((rule) => [rule, "off"]));
  // The OWASP rules are published with types of an older Spectral.
  const ruleset = { extends: [rulesets.oas, owasp], rules } as unknown as RulesetDefinition;
  spectral.setRuleset(ruleset);
  const results = await spectral.run(new core.Document(source, parsers.Json, path));
  return results.map(({ code, path: at, message, severity }) => ({
    rule: String(code),
    place: at.join("/"),
    message,
    severity: severity === 0 ? "error" : "warning",
  }));
}
