import { flushCompileCache } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Cloud, startCloud } from "./cloud.ts";
import { StartError } from "./data-folder.ts";
import { providerSettingsIn } from "./provider-settings.ts";
import { startSimulators } from "./simulators.ts";
import { bundled } from "./template/bundle.ts";
import { synthesise } from "./template/synthesise.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const usage = `npm start -- [options]
  --port N          port on 127.0.0.1, 0 for any free one        (ATELIER_PORT, 4400)
  --data FOLDER     where everything is kept                     (ATELIER_DATA, .atelier)
  --public-url URL  address behind a proxy of yours              (ATELIER_PUBLIC_URL)
  --simulate        starts a stand-in of every AI provider on this machine, so that all of them are on
  --feed-stand-in URL   where posts to galleries go instead: a stand-in of a social network on this machine
  --feed-stand-in-keys  it knows idempotency keys`;

type Settings = {
  port: number;
  dataFolder: string;
  publicUrl?: string;
  feedStandIn?: { url: string; keys: boolean };
  providerSettings: Record<string, string>;
  simulate: boolean;
};

function settings(): Settings {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      data: { type: "string" },
      "public-url": { type: "string" },
      simulate: { type: "boolean", default: false },
      "feed-stand-in": { type: "string" },
      "feed-stand-in-keys": { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  const port = values.port ?? process.env.ATELIER_PORT ?? "4400";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new StartError(`“${port}” is no port: give a number from 0 to 65535.`);
  const publicUrl = values["public-url"] ?? process.env.ATELIER_PUBLIC_URL;
  if (publicUrl !== undefined && !/^https?:\/\/[^/]+$/.test(publicUrl))
    throw new StartError(`“${publicUrl}” is no address such as https://atelier.example.org`);
  const { "feed-stand-in": url, "feed-stand-in-keys": keys } = values;
  if (url !== undefined && !/^http:\/\/127\.0\.0\.1:\d+$/.test(url))
    throw new StartError(`“${url}” is no stand-in: give an address on this machine such as http://127.0.0.1:9000`);
  const dataFolder = resolve(values.data ?? process.env.ATELIER_DATA ?? ".atelier");
  const providerSettings = providerSettingsIn(process.env);
  return {
    port: Number(port),
    dataFolder,
    publicUrl,
    providerSettings,
    simulate: values.simulate,
    ...(url !== undefined && { feedStandIn: { url, keys } }),
  };
}

async function main(): Promise<void> {
  const wanted = settings();
  // A signal during the start is obeyed once there is something to stop.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
  const cache = resolve(root, ".cache");
  const template = await bundled(root, await synthesise(root, cache), cache);
  const simulators = wanted.simulate ? await startSimulators(root) : undefined;
  const providerSettings = { ...wanted.providerSettings, ...simulators?.environment };
  const cloud: Cloud = await startCloud({ root, template, ...wanted, providerSettings, simulated: simulators?.items ?? [] });
  await warm(cloud.url);
  process.stdout.write(`Atelier is ready at ${cloud.url}\n`);
  flushCompileCache();
  await stopped;
  await cloud.close();
  simulators?.close();
}

/** Ready means that it answers, not that it listens. */
async function warm(url: string): Promise<void> {
  const response = await fetch(`${url}/v1/health`);
  if (!response.ok) throw new Error(`The API answers ${response.status} at its start. What it said stands above.`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const { message, stack, code = "" } = error as Error & { code?: string };
    const expected = error instanceof StartError || code.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`${expected ? `${message}\n${code ? `\n${usage}\n` : ""}` : `${stack ?? message}\n`}`);
    process.exit(1);
  },
);
