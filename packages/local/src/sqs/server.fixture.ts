import { SQSClient } from "@aws-sdk/client-sqs";
import { makeClock } from "../clock.ts";
import { serve } from "../wire/http.ts";
import { createSqs } from "./index.ts";

export const region = "eu-west-1";
export const account = "000000000000";
export const key = { accessKeyId: "AKIDTEST", secretAccessKey: "a-secret" };

/** A server on `file` with its clock and a real client; `retention` and `visibility` of its queues are a day and 30 s. */
export async function startSqs(file: string) {
  const clock = makeClock();
  const sqs = createSqs({
    file,
    region,
    account,
    clock,
    credentials: (id) => (id === key.accessKeyId ? { ...key, principal: "test" } : undefined),
  });
  const server = await serve(sqs.handle);
  const client = clientOf(server.url);
  return {
    sqs,
    clock,
    client,
    url: server.url,
    queueUrl: (name: string) => sqs.urlOf(name, server.url),
    async stop() {
      client.destroy();
      sqs.close();
      await server.close();
    },
  };
}

export const clientOf = (endpoint: string, secretAccessKey = key.secretAccessKey) =>
  new SQSClient({ region, endpoint, credentials: { ...key, secretAccessKey }, maxAttempts: 1 });

// Run as a program: serves the file that is named first until it is killed, and prints its address.
if (import.meta.main) {
  const { sqs, url } = await startSqs(process.argv[2] ?? ":memory:");
  sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 });
  process.stdout.write(`${url}\n`);
}
