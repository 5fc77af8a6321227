import { AwsError } from "../wire/aws-json.ts";
import { bareAddress } from "./address.ts";
import type { Mail } from "./inbox.ts";

type Fields = Record<string, unknown>;

const recipientsMax = 50;
const tagForm = /^[\w.@-]{1,256}$/;

const bad = (message: string): AwsError => new AwsError("BadRequestException", message);

/**
 * Reads SendEmail of SES v2 with simple content. What would have an effect in AWS and none here is refused by its name.
 * @throws BadRequestException, MessageRejected
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
export function readSendEmail(input: Fields, identities: readonly string[], region: string): Omit<Mail, "id" | "at"> {
  onlyMembers(input, "", ["FromEmailAddress", "Destination", "ReplyToAddresses", "Content", "EmailTags"]);
  const destination = object(input, "Destination");
  onlyMembers(destination, "Destination.", ["ToAddresses", "CcAddresses", "BccAddresses"]);
  const to = addresses(destination, "ToAddresses");
  const cc = addresses(destination, "CcAddresses");
  const bcc = addresses(destination, "BccAddresses");
  const recipients = to.length + cc.length + bcc.length;
  if (recipients === 0) throw bad("Destination must have at least one recipient.");
  if (recipients > recipientsMax) throw bad(`Recipient count exceeds ${recipientsMax}.`);
  const replyTo = addresses(input, "ReplyToAddresses");

  const content = object(input, "Content");
  onlyMembers(content, "Content.", ["Simple"]);
  const simple = object(content, "Simple");
  onlyMembers(simple, "Content.Simple.", ["Subject", "Body"]);
  const subject = data(simple, "Subject");
  if (subject === undefined) throw bad("Missing required member Content.Simple.Subject.");
  if (/[\r\n]/.test(subject)) throw bad("The subject must be one line.");
  const body = object(simple, "Body");
  onlyMembers(body, "Content.Simple.Body.", ["Text", "Html"]);
  const text = data(body, "Text");
  const html = data(body, "Html");
  if (text === undefined && html === undefined) throw bad("The body must have Text or Html.");
  const code = tags(input).get("code");

  const from = address(input.FromEmailAddress, "FromEmailAddress");
  demandVerified(from, identities, region);
  return {
    from,
    to,
    ...(cc.length > 0 && { cc }),
    ...(bcc.length > 0 && { bcc }),
    ...(replyTo.length > 0 && { replyTo }),
    subject,
    text: text ?? "",
    ...(html !== undefined && { html }),
    ...(code !== undefined && { code }),
  };
}

/** An identity is an address or a domain, whose subdomains are verified with it. */
function demandVerified(from: string, identities: readonly string[], region: string): void {
  const sender = (bareAddress(from) ?? "").toLowerCase();
  const domain = sender.slice(sender.indexOf("@") + 1);
  const verified = identities.some((identity) => {
    const name = identity.toLowerCase();
    return name.includes("@") ? name === sender : domain === name || domain.endsWith(`.${name}`);
  });
  if (!verified)
    throw new AwsError(
      "MessageRejected",
      `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${from}`,
    );
}

function onlyMembers(fields: Fields, path: string, known: readonly string[]): void {
  const stray = Object.keys(fields).find((member) => !known.includes(member));
  if (stray !== undefined) throw bad(`The embedded SES does not have ${path}${stray}.`);
}

function object(fields: Fields, member: string): Fields {
  const value = fields[member];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw bad(`Missing required member ${member}.`);
}

function list(fields: Fields, member: string): unknown[] {
  const value = fields[member] ?? [];
  if (Array.isArray(value)) return value;
  throw bad(`${member} must be a list.`);
}

function address(value: unknown, member: string): string {
  if (typeof value === "string" && bareAddress(value) !== undefined) return value;
  throw bad(`${member}: ${JSON.stringify(value ?? null)} is not an email address.`);
}

const addresses = (fields: Fields, member: string): string[] => list(fields, member).map((value) => address(value, member));

function data(fields: Fields, member: string): string | undefined {
  if (fields[member] === undefined) return undefined;
  const { Data } = object(fields, member);
  if (typeof Data !== "string") throw bad(`Missing required member ${member}.Data.`);
  return Data;
}

function tags(fields: Fields): Map<string, string> {
  return new Map(
    list(fields, "EmailTags").map((tag) => {
      const { Name, Value } = (tag ?? {}) as Fields;
      if (typeof Name === "string" && typeof Value === "string" && tagForm.test(Name) && tagForm.test(Value)) return [Name, Value];
      throw bad("EmailTags must have names and values of letters, digits and _ . @ -");
    }),
  );
}
