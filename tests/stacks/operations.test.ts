import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { anchorOf } from "../../stacks/alarms.ts";
import { idOf, nameOf, ofType, type PolicyDocument, type Reference, resourcesOf } from "./resources.ts";

type AlarmProperties = {
  AlarmActions?: Reference[];
  AlarmDescription: string;
  Dimensions: { Name: string; Value: Reference | { "Fn::GetAtt": [string, string] } }[];
  MetricName: string;
  Namespace: string;
  Period: number;
  Statistic: string;
  Threshold: number;
};

const resources = resourcesOf({ alarmEmail: "ops@example.org", safetyModel: "gemini/gemini-3.5-flash-lite" });
const alarms = Object.values(ofType<AlarmProperties>(resources, "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
const functions = ofType<Record<string, unknown>>(resources, "AWS::Lambda::Function");
/** What the runbook says about alarms, by the anchor of the heading. */
const sections = new Map(
  (/\n## Alarms\n([\s\S]*?)\n## /.exec(readFileSync(new URL("../../docs/guides/runbook.md", import.meta.url), "utf8"))?.[1] ?? "")
    .split("\n### ")
    .slice(1)
    .map((section) => [anchorOf(section.slice(0, section.indexOf("\n"))), section]),
);
const watching = (metric: string): AlarmProperties[] => alarms.filter(({ MetricName }) => MetricName === metric);
const watched = (metric: string): string[] =>
  watching(metric)
    .flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => nameOf(idOf(Value))))
    .sort();

test("every alarm tells somebody, what one sees, and which section of the runbook says what to do", () => {
  for (const { AlarmActions, AlarmDescription } of alarms) {
    expect((AlarmActions ?? []).map((topic) => nameOf(idOf(topic)))).toEqual(["Alarms"]);
    const [, symptom, anchor = ""] = /^(.{20,}\.) What to do: docs\/guides\/runbook\.md#([\w-]+)$/.exec(AlarmDescription) ?? [];
    expect(symptom, AlarmDescription).toBeDefined();
    expect([...sections.keys()], AlarmDescription).toContain(anchor);
  }
});

test("every section for an alarm says symptom, causes, what to do and how to see that it is over, with commands that there are", () => {
  const named = new Set(alarms.map(({ AlarmDescription }) => AlarmDescription.slice(AlarmDescription.indexOf("#") + 1)));
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { scripts: object };
  expect([...sections.keys()].filter((anchor) => !named.has(anchor))).toEqual([]);
  for (const [anchor, text] of sections) {
    const parts = ["Symptom", "Likely causes", "What to do", "How to see that it is over"].map((part) => text.indexOf(`**${part}.** `));
    expect(
      parts.every((at, index) => at > (parts[index - 1] ?? -1)),
      anchor,
    ).toBe(true);
    expect(text, anchor).toMatch(/```sh\n[^`]*npm run (redrive|trace)/);
    for (const [, script = ""] of text.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
  }
});

test("the dashboard shows what the functions measure, and every queue and function", () => {
  const [board] = Object.values(ofType<{ DashboardBody: Reference }>(resources, "AWS::CloudWatch::Dashboard"));
  const body = JSON.stringify(board?.Properties.DashboardBody);
  const source = readFileSync(new URL("../../packages/functions/src/metrics.ts", import.meta.url), "utf8");
  const names = [...source.matchAll(/^ {2}(\w+): MetricUnit/gm)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(body).toContain(name);
  for (const id of [...Object.keys(functions), ...Object.keys(ofType(resources, "AWS::SQS::Queue"))]) expect(body).toContain(id);
  for (const name of ["Latency", "5xx", "ThrottledRequests", "ConcurrentExecutions", "ApproximateAgeOfOldestMessage"])
    expect(body).toContain(name);
});

test("CloudWatch may publish to the topic of alarms, which refuses requests without TLS", () => {
  const [policy] = Object.values(ofType<{ PolicyDocument: PolicyDocument }>(resources, "AWS::SNS::TopicPolicy"));
  const statements = policy?.Properties.PolicyDocument.Statement ?? [];
  expect(statements.filter(({ Effect }) => Effect === "Allow")).toMatchObject([
    {
      Action: "sns:Publish",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
    },
  ]);
  expect(statements.filter(({ Effect }) => Effect === "Deny")).toMatchObject([{ Condition: { Bool: { "aws:SecureTransport": "false" } } }]);
});

test("an address for alarms is subscribed, and none is when none is given", () => {
  expect(Object.values(ofType(resources, "AWS::SNS::Subscription")).map(({ Properties }) => Properties)).toMatchObject([
    { Protocol: "email", Endpoint: "ops@example.org" },
  ]);
  expect(Object.values(resourcesOf()).filter(({ Type }) => Type === "AWS::SNS::Subscription")).toEqual([]);
});

test("every dead-letter queue raises an alarm at its first message", () => {
  const consumed = Object.values(ofType<{ EventSourceArn: Reference }>(resources, "AWS::Lambda::EventSourceMapping")).map(
    ({ Properties }) => nameOf(idOf(Properties.EventSourceArn)),
  );
  const deadLetters = Object.keys(ofType(resources, "AWS::SQS::Queue"))
    .map(nameOf)
    .filter((name) => !consumed.includes(name));
  expect(deadLetters.length).toBeGreaterThan(0);
  expect(watched("ApproximateNumberOfMessagesVisible")).toEqual(deadLetters.sort());
  for (const alarm of watching("ApproximateNumberOfMessagesVisible"))
    expect(alarm).toMatchObject({ Threshold: 1, Period: 60, Statistic: "Maximum" });
});

test("every function raises an alarm at its first error", () => {
  expect(watched("Errors")).toEqual(Object.keys(functions).map(nameOf).sort());
  for (const alarm of watching("Errors"))
    expect(alarm).toMatchObject({ Namespace: "AWS/Lambda", Threshold: 1, Period: 300, Statistic: "Sum" });
});

test("events that leave the table a minute late raise an alarm", () => {
  expect(watched("IteratorAge")).toEqual(["RelayEvents"]);
  expect(watching("IteratorAge")).toMatchObject([{ Threshold: 60_000, Statistic: "Maximum" }]);
});

test("a server error of the API raises an alarm", () => {
  expect(watched("5xx")).toEqual(["Http"]);
  expect(watching("5xx")).toMatchObject([{ Threshold: 1, Statistic: "Sum" }]);
});

test("every function runs Node 24 on arm64, is traced, ends in time, and logs to a group of its own", () => {
  const groups = Object.values(functions).map(({ Properties }) => {
    expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], TracingConfig: { Mode: "Active" } });
    expect(Properties.Timeout).toBeLessThanOrEqual(240);
    return idOf((Properties.LoggingConfig as { LogGroup: Reference }).LogGroup);
  });
  expect(new Set(groups).size).toBe(groups.length);
});

test("a function that answers the API ends before API Gateway gives up on it", () => {
  for (const [id, { Properties }] of Object.entries(functions)) if (id.startsWith("Http")) expect(Properties.Timeout).toBeLessThan(30);
});

test("no log is kept for ever", () => {
  for (const { Properties } of Object.values(ofType(resources, "AWS::Logs::LogGroup"))) expect(Properties.RetentionInDays).toBe(30);
});

test("the API is throttled and writes who called what", () => {
  const [stage] = Object.values(ofType(resources, "AWS::ApiGatewayV2::Stage"));
  expect(stage?.Properties).toMatchObject({
    DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
    AccessLogSettings: { DestinationArn: { "Fn::GetAtt": [expect.stringMatching(/^HttpAccessLogs/), "Arn"] } },
  });
});

test("only the configured origins may call the API and upload", () => {
  const corsOrigins = ["https://studio.example.org"];
  const configured = resourcesOf({ corsOrigins });
  const [api] = Object.values(ofType(configured, "AWS::ApiGatewayV2::Api"));
  expect(api?.Properties.CorsConfiguration).toMatchObject({ AllowOrigins: corsOrigins });
  const media = Object.entries(ofType(configured, "AWS::S3::Bucket")).find(([id]) => nameOf(id) === "Media")?.[1];
  expect(media?.Properties.CorsConfiguration).toMatchObject({ CorsRules: [{ AllowedOrigins: corsOrigins }] });
});
