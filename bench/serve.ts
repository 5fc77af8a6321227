import { fileURLToPath } from "node:url";
import { startCloud } from "../packages/local/src/cloud.ts";
import { bundled } from "../packages/local/src/template/bundle.ts";
import { synthesise } from "../packages/local/src/template/synthesise.ts";

/** As `npm start`, and says where its database is: whoever measures lifts the limits of a few people, as an operator would. */
const root = fileURLToPath(new URL("..", import.meta.url));
const [dataFolder = ""] = process.argv.slice(2);
const cache = `${root}.cache`;
const template = await bundled(root, await synthesise(root, cache), cache);
const cloud = await startCloud({ root, template, dataFolder, port: 0, quiet: true });
await fetch(`${cloud.url}/v1/health`);
process.stdout.write(`${JSON.stringify({ url: cloud.url, environment: cloud.environment })}\n`);
process.once("SIGTERM", async () => {
  await cloud.close();
  process.exit(0);
});
