import { createHash, createHmac } from "node:crypto";
import * as z from "zod/mini";
import { credentials, optional, region } from "./env.ts";

const deadlineMs = 4_000;

const Page = z.object({
  Parameters: z.array(z.object({ Name: z.string(), Value: z.string() })),
  NextToken: z.nullish(z.string()),
});

/**
 * All parameters of SSM's store right under a path, decrypted, by the last part of their names. Its client would be a tenth of a bundle for this one call, so
 * the call is signed here. No value is ever part of an error.
 */
export async function parametersUnder(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (let next: string | undefined; ; ) {
    const page = Page.parse(await call("GetParametersByPath", { Path: path, WithDecryption: true, ...(next && { NextToken: next }) }));
    for (const { Name, Value } of page.Parameters) found[Name.slice(Name.lastIndexOf("/") + 1)] = Value;
    next = page.NextToken ?? undefined;
    if (next === undefined) return found;
  }
}

async function call(action: string, input: object): Promise<unknown> {
  const url = new URL(optional("AWS_ENDPOINT_URL_SSM") ?? `https://ssm.${region}.amazonaws.com`);
  const body = JSON.stringify(input);
  const headers = signed(url, { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AmazonSSM.${action}` }, body);
  const response = await fetch(new URL("/", url), {
    method: "POST",
    headers,
    body,
    redirect: "error",
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (response.ok) return response.json();
  const { __type = "" } = (await response.json().catch(() => ({}))) as { __type?: string };
  throw new Error(`SSM refuses ${action} with ${response.status} ${__type}`);
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** Signature Version 4 of a POST to `/`. Its time is the real one, whatever clock the product follows. */
function signed(url: URL, headers: Record<string, string>, body: string): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials();
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const date = stamp.slice(0, 8);
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    "x-amz-date": stamp,
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(all).sort();
  const canonical = ["POST", "/", "", ...names.map((name) => `${name}:${all[name]}`), "", names.join(";"), sha256(body)].join("\n");
  const scope = `${date}/${region}/ssm/aws4_request`;
  const key = [region, "ssm", "aws4_request"].reduce<Buffer>(hmac, hmac(`AWS4${secretAccessKey}`, date));
  const signature = hmac(key, ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n")).toString("hex");
  const { host: _host, ...sent } = all;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
