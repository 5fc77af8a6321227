import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { AwsError, parseJsonObject, signatureErrors } from "../wire/aws-json.ts";
import type { WireHandler, WireRequest, WireResponse } from "../wire/http.ts";
import { type Credentials, verifySignature } from "../wire/sigv4.ts";
import { bareAddress } from "./address.ts";
import { type Mail, openInbox } from "./inbox.ts";
import { readSendEmail } from "./send-email.ts";

export type { Mail } from "./inbox.ts";

export type SesOptions = {
  /** Each mail is a file in here. */
  folder: string;
  region: string;
  /** Gives the mails' times. */
  clock: Clock;
  credentials: Credentials;
  /** Addresses and domains that may send, as verified in SES. */
  identities: string[];
};

export type Ses = {
  handle: WireHandler;
  /** Takes a mail from within this machine's cloud, as Cognito's, without the wire. */
  deliver(message: { to: string; from?: string; subject: string; text: string; html?: string; code?: string }): Mail;
  /** What was sent, newest first; `to` is any recipient's bare address, in any case. */
  inbox(filter?: { to?: string }): Mail[];
};

/** Cognito's own sender while a pool has no SES configuration. */
const cognitoSender = "no-reply@verificationemail.com";

/** Amazon SES v2, as far as this product uses it: SendEmail with simple content, into an inbox of files. */
export function createSes({ folder, region, clock, credentials, identities }: SesOptions): Ses {
  const mails = openInbox(folder, clock);

  return {
    async handle(request) {
      try {
        return reply(200, sendEmail(request));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return reply(error.status, { message: error.message }, { "x-amzn-errortype": error.code });
      }
    },
    deliver: ({ to, from = cognitoSender, ...message }) => mails.keep({ to: [to], from, ...message }),
    inbox({ to } = {}) {
      const wanted = to?.toLowerCase();
      return mails
        .list()
        .filter((mail) => wanted === undefined || recipientsOf(mail).some((address) => bareAddress(address)?.toLowerCase() === wanted));
    },
  };

  function sendEmail(request: WireRequest): { MessageId: string } {
    const signed = verifySignature(request, { credentials, service: "ses", region });
    if (!signed.ok) throw new AwsError(signatureErrors[signed.problem], signed.detail, 403);
    if (request.method !== "POST" || request.path !== "/v2/email/outbound-emails")
      throw new AwsError("UnknownOperationException", `The embedded SES does not have the call “${request.method} ${request.path}”.`, 404);
    return { MessageId: mails.keep(readSendEmail(parseJsonObject(request), identities, region)).id };
  }
}

const recipientsOf = ({ to, cc = [], bcc = [] }: Mail): string[] => [...to, ...cc, ...bcc];

function reply(status: number, body: unknown, extra: Record<string, string> = {}): WireResponse {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": randomUUID(), ...extra },
    body: JSON.stringify(body),
  };
}
