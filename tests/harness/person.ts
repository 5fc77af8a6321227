import { randomUUID } from "node:crypto";
import { type Client, createClient } from "@atelier/client";
import { checkedFetch } from "./contract.ts";

export const password = "Sunrise-1843";

/** Somebody with an account who is signed in. */
export type Person = { email: string; userId: string; token: string; refreshToken: string; client: Client };

type Mail = { to: string[]; subject: string; text: string; code?: string };

export async function inbox(url: string, to: string): Promise<Mail[]> {
  const response = await fetch(`${url}/_local/inbox?to=${encodeURIComponent(to)}`);
  return ((await response.json()) as { items: Mail[] }).items;
}

/** The code of the newest mail. */
export async function codeFor(url: string, email: string): Promise<string> {
  const [mail] = await inbox(url, email);
  if (!mail?.code) throw new Error(`No code was mailed to ${email}.`);
  return mail.code;
}

/** As a well-behaved client does: past the burst limit it waits the second that it is told to wait. Longer limits are the tests' own affair. */
const patientFetch: typeof fetch = async (input, init) => {
  for (let tries = 1; ; tries += 1) {
    const response = await checkedFetch(input, init);
    if (response.status !== 429 || response.headers.get("retry-after") !== "1" || tries === 5) return response;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
};

/** A client of whoever has this token, or of nobody. */
export const openClient = (url: string, token?: string): Client =>
  createClient({ baseUrl: url, accessToken: () => token, fetch: patientFetch });

export const newEmail = (): string => `p-${randomUUID()}@example.org`;

/** Registers, confirms and signs in, as a person does. */
export async function signUp(url: string, email = newEmail()): Promise<Person> {
  const open = openClient(url);
  const { userId } = await open.register({ body: { email, password, displayName: "Ada" } });
  await open.confirmEmail({ body: { email, code: await codeFor(url, email) } });
  return { ...(await signIn(url, email)), userId };
}

export async function signIn(url: string, email: string): Promise<Omit<Person, "userId">> {
  const tokens = await openClient(url).login({ body: { email, password } });
  return {
    email,
    token: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    client: openClient(url, tokens.accessToken),
  };
}
