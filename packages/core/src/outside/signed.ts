import { Webhook } from "standardwebhooks";

/** A request as it came: header names in lower case, the body byte for byte. */
export type Delivered = { headers: Readonly<Record<string, string | undefined>>; rawBody: string };

/**
 * What somebody says who signs as Standard Webhooks has it, and when they said it, epoch seconds. The package's own limit holds: five minutes to either side,
 * by the real clock. Throws where it is not theirs, or too old.
 */
export function signedBy(secret: string, { headers, rawBody }: Delivered): { said: unknown; saidAt: number } {
  const given = Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return { said: new Webhook(secret).verify(rawBody, given), saidAt: Number(given["webhook-timestamp"]) };
}
