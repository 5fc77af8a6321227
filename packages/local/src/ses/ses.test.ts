import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListEmailIdentitiesCommand, SESv2Client, SendEmailCommand, type SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeClock } from "../clock.ts";
import { type Listening, serve } from "../wire/http.ts";
import { createSes, type Ses } from "./index.ts";

const key = { accessKeyId: "AKIDLOCAL", secretAccessKey: "local-secret" };
const clock = makeClock();
let folder: string;
let ses: Ses;
let server: Listening;
let sdk: SESv2Client;

const open = () =>
  createSes({
    folder,
    region: "eu-west-1",
    clock,
    credentials: (id) => (id === key.accessKeyId ? { ...key, principal: "test" } : undefined),
    identities: ["hello@atelier.example", "verified.example"],
  });
const connect = (credentials = key) => new SESv2Client({ region: "eu-west-1", endpoint: server.url, credentials, maxAttempts: 1 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ses-"));
  ses = open();
  server = await serve(ses.handle);
  sdk = connect();
});
afterAll(async () => {
  sdk.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

const mail = (more: Partial<SendEmailCommandInput> = {}) =>
  new SendEmailCommand({
    FromEmailAddress: "Atelier <hello@atelier.example>",
    Destination: { ToAddresses: ["ada@example.com"] },
    Content: { Simple: { Subject: { Data: "Hello" }, Body: { Text: { Data: "Hi Ada" } } } },
    ...more,
  });
const simple = (subject: string) => ({ Simple: { Subject: { Data: subject }, Body: { Text: { Data: "x" } } } });
const refusedAndNotKept = async (command: SendEmailCommand, error: object) => {
  const before = readdirSync(folder);
  await expect(sdk.send(command)).rejects.toMatchObject(error);
  expect(readdirSync(folder)).toEqual(before);
};

test("a mail that was sent lies in the inbox, whole, with its code", async () => {
  const { MessageId } = await sdk.send(
    mail({
      Destination: { ToAddresses: ["Ada Lovelace <Ada@Example.com>"], CcAddresses: ["cc@example.com"], BccAddresses: ["bcc@example.com"] },
      ReplyToAddresses: ["reply@example.com"],
      Content: { Simple: { Subject: { Data: "Héllo ✨" }, Body: { Text: { Data: "text" }, Html: { Data: "<p>html</p>" } } } },
      EmailTags: [
        { Name: "kind", Value: "confirm" },
        { Name: "code", Value: "123456" },
      ],
    }),
  );
  const expected = {
    id: MessageId,
    from: "Atelier <hello@atelier.example>",
    to: ["Ada Lovelace <Ada@Example.com>"],
    cc: ["cc@example.com"],
    bcc: ["bcc@example.com"],
    replyTo: ["reply@example.com"],
    subject: "Héllo ✨",
    text: "text",
    html: "<p>html</p>",
    code: "123456",
    at: expect.any(Number),
  };
  for (const to of ["ada@example.com", "CC@example.com", "bcc@example.com"]) expect(ses.inbox({ to })[0]).toEqual(expected);
  expect(ses.inbox({ to: "lovelace@example.com" })).toEqual([]);
});

test("the inbox is newest first, also for mails of one moment, after the clock is turned back and after a restart", async () => {
  const to = "order@example.com";
  for (const subject of ["1", "2", "3"]) ses.deliver({ to, subject, text: "" });
  clock.turnTo(-60_000);
  ses.deliver({ to, subject: "4", text: "" });
  clock.turnTo(0);
  const reopened = open();
  reopened.deliver({ to, subject: "5", text: "", code: "654321" });
  expect(reopened.inbox({ to }).map(({ subject }) => subject)).toEqual(["5", "4", "3", "2", "1"]);
  expect(reopened.inbox({ to })[0]).toMatchObject({ code: "654321", to: [to] });
});

test("each mail is one file; half a file from a killed process is thrown away", () => {
  const before = readdirSync(folder).length;
  ses.deliver({ to: "file@example.com", subject: "s", text: "t" });
  expect(readdirSync(folder)).toHaveLength(before + 1);
  writeFileSync(join(folder, "000000999-x.json.part"), '{"to":["file@');
  expect(open().inbox({ to: "file@example.com" })).toHaveLength(1);
  expect(readdirSync(folder)).toHaveLength(before + 1);
});

test("a mail whose file a person deleted is gone", () => {
  ses.deliver({ to: "deleted@example.com", subject: "s", text: "t" });
  rmSync(join(folder, readdirSync(folder).sort().at(-1) ?? ""));
  expect(ses.inbox({ to: "deleted@example.com" })).toEqual([]);
});

test.each(["hello@atelier.example", "HELLO@Atelier.Example", "any@verified.example", "any@sub.verified.example"])(
  "%s may send",
  async (FromEmailAddress) => {
    await sdk.send(mail({ FromEmailAddress }));
  },
);

test.each(["other@atelier.example", "any@unverified.example", "a@notverified.example", "hello@atelier.example <evil@example.com>"])(
  "%s may not send, since it is not verified",
  async (FromEmailAddress) => {
    await refusedAndNotKept(mail({ FromEmailAddress }), {
      name: "MessageRejected",
      message: `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${FromEmailAddress}`,
      $metadata: expect.objectContaining({ httpStatusCode: 400 }),
    });
  },
);

test.each([
  "plain",
  "a@b",
  "a@b.example\r\nBcc: c@d.example",
  "Name\n <a@b.example>",
  "a b@c.example",
  "<a@b.example",
  '"open <a@b.example>',
  "a <b> <a@b.example>",
  "",
])("“%s” is refused as an address of any kind", async (address) => {
  const error = { name: "BadRequestException" };
  await refusedAndNotKept(mail({ Destination: { ToAddresses: [address] } }), error);
  await refusedAndNotKept(mail({ Destination: { ToAddresses: ["a@b.example"], BccAddresses: [address] } }), error);
  await refusedAndNotKept(mail({ ReplyToAddresses: [address] }), error);
  await refusedAndNotKept(mail({ FromEmailAddress: address }), error);
});

test("an address of a million spaces is refused in no time", async () => {
  const from = performance.now();
  await refusedAndNotKept(mail({ FromEmailAddress: `a${" ".repeat(1_000_000)}` }), { name: "BadRequestException" });
  expect(performance.now() - from).toBeLessThan(5000);
});

test.each(["Hello\nBcc: c@d.example", "Hello\rX: y"])("a subject cannot begin another header: %j", async (subject) => {
  await refusedAndNotKept(mail({ Content: simple(subject) }), { name: "BadRequestException" });
});

test("fifty recipients are the most, of all kinds together, and one the least", async () => {
  const many = (count: number, kind: string) => Array.from({ length: count }, (_, n) => `${kind}${n}@example.com`);
  const spread = (bcc: number) => ({ ToAddresses: many(20, "t"), CcAddresses: many(20, "c"), BccAddresses: many(bcc, "b") });
  await sdk.send(mail({ Destination: spread(10) }));
  await refusedAndNotKept(mail({ Destination: spread(11) }), { name: "BadRequestException" });
  await refusedAndNotKept(mail({ Destination: {} }), { name: "BadRequestException" });
});

test.each([
  ["Content.Raw", { Content: { Raw: { Data: Buffer.from("x") } } }],
  ["Content.Template", { Content: { Template: { TemplateName: "t" } } }],
  ["ConfigurationSetName", { ConfigurationSetName: "set" }],
])("%s is refused by its name, for it would do nothing here", async (name, more) => {
  await refusedAndNotKept(mail(more), { name: "BadRequestException", message: expect.stringContaining(name) });
});

test("a body is needed, and a tag must have the form that SES takes", async () => {
  await refusedAndNotKept(mail({ Content: { Simple: { Subject: { Data: "s" }, Body: {} } } }), { name: "BadRequestException" });
  await refusedAndNotKept(mail({ EmailTags: [{ Name: "code", Value: "12 34" }] }), { name: "BadRequestException" });
});

test("any other call is refused by its name", async () => {
  await expect(sdk.send(new ListEmailIdentitiesCommand({}))).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: expect.stringContaining("/v2/email/list-identities"),
  });
});

test("a signature that is missing or wrong is refused", async () => {
  const forged = connect({ ...key, secretAccessKey: "guess" });
  const unknown = connect({ ...key, accessKeyId: "AKIDNOBODY" });
  await expect(forged.send(mail())).rejects.toMatchObject({ name: "InvalidSignatureException" });
  await expect(unknown.send(mail())).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  const unsigned = await fetch(`${server.url}/v2/email/outbound-emails`, { method: "POST", body: "{}" });
  expect([unsigned.status, unsigned.headers.get("x-amzn-errortype")]).toEqual([403, "MissingAuthenticationTokenException"]);
});
