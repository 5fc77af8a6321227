import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const program = fileURLToPath(new URL("cloud-process.ts", import.meta.url));

type Environment = Readonly<Record<string, string>>;

/** Real clients of each service, which try nothing twice: an answer that did not come is no acknowledgement. */
export function clientsOf(environment: Environment) {
  const shared = {
    region: environment.AWS_REGION ?? "",
    credentials: { accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "" },
    maxAttempts: 1,
  };
  const at = (name: string) => ({ ...shared, endpoint: environment[`AWS_ENDPOINT_URL_${name}`] ?? "" });
  const clients = {
    dynamodb: new DynamoDBClient(at("DYNAMODB")),
    s3: new S3Client({ ...at("S3"), forcePathStyle: true }),
    sqs: new SQSClient(at("SQS")),
    cognito: new CognitoIdentityProviderClient(at("COGNITO_IDENTITY_PROVIDER")),
    events: new EventBridgeClient(at("EVENTBRIDGE")),
  };
  return {
    ...clients,
    queueUrl: (name: string) => `${environment.AWS_ENDPOINT_URL_SQS}/000000000000/${name}`,
    poolId: /([\w-]+)\/\.well-known/.exec(environment.USER_POOL_JWKS_URI ?? "")?.[1] ?? "",
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

export type Clients = ReturnType<typeof clientsOf>;

export type CloudProcess = {
  process: ChildProcess;
  environment: Environment;
  /** What it has written so far. */
  output(): string;
  ended: Promise<unknown>;
  kill(): Promise<void>;
};

/** A cloud as a process of its own: the small one, or that of the template in a file. */
export async function startCloudProcess(dataFolder: string, templateFile?: string): Promise<CloudProcess> {
  const child = spawn(process.execPath, [program, dataFolder, ...(templateFile ? [templateFile] : [])], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  let written = "";
  const environment = await new Promise<Environment>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => {
        written += `${line}\n`;
        if (line.startsWith("{")) resolve(JSON.parse(line) as Environment);
      });
    child.once("close", (code) => reject(new Error(`The cloud ended with ${code} at its start:\n${written}`)));
  });
  return {
    process: child,
    environment,
    output: () => written,
    ended,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The processes that a process has started, and theirs. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      parents.set(
        Number(name),
        Number(
          readFileSync(`/proc/${name}/stat`, "utf8")
            .replace(/^.*\) /, "")
            .split(" ")[1],
        ),
      );
    } catch {
      // It has just ended.
    }
  }
  const found = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
  return [...found, ...found.flatMap(descendants)];
}
