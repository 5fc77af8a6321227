import { startCognito } from "./fixture.ts";

/** Serves a user pool on the file given as argument until it is killed, and says on its first line where. */
const [, , file = ""] = process.argv;
const { url, poolId, clientId } = await startCognito({ file });
process.stdout.write(`${JSON.stringify({ url, poolId, clientId: clientId() })}\n`);
