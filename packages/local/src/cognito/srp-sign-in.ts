import { sameText } from "../wire/sigv4.ts";
import { ask, asked, close } from "./challenges.ts";
import { incorrect, invalid, notAuthorized, parameter } from "./input.ts";
import { type Guess, tryGuess } from "./lockout.ts";
import type { Client } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { beginExchange, type Exchange, expectedSignature, fromHex, readVerifier, strangersSub, strangersVerifier, toHex } from "./srp.ts";
import { findUser, loginOf, type User, userNotFound } from "./users.ts";

const skewMs = 5 * 60 * 1000;

/** The first message of USER_SRP_AUTH. A stranger gets an answer of the same form, as does a user who has no verifier yet. */
export function beginSrp(realm: Realm, client: Client, parameters: Record<string, string>) {
  const username = parameter(parameters, "USERNAME");
  const clientPublic = fromHex(parameter(parameters, "SRP_A"));
  const user = findUser(realm.database, client.pool.id, username);
  if (!user && !client.preventUserExistenceErrors) throw userNotFound();

  const secret = realm.keys.secret(client.pool.id);
  const { emailKey } = loginOf(client.pool.id, username, user);
  const verifier = user?.verifier === undefined ? strangersVerifier(secret, emailKey) : readVerifier(user.verifier);
  const exchange = clientPublic === undefined ? undefined : beginExchange(clientPublic, verifier);
  if (!exchange) throw invalid("SRP_A is not a valid public value.");

  const userId = user?.sub ?? strangersSub(secret, emailKey);
  const data = {
    userId,
    emailKey,
    clientPublic: toHex(exchange.clientPublic),
    serverPublic: toHex(exchange.serverPublic),
    exponent: toHex(exchange.exponent),
    // A password that is changed meanwhile makes the answer wrong.
    verifier: user?.verifier ?? "",
  };
  const block = ask(realm, client, "PASSWORD_VERIFIER", { sub: user?.sub, data });
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: toHex(verifier.salt),
      SECRET_BLOCK: block,
      SRP_B: toHex(exchange.serverPublic),
      USERNAME: userId,
      USER_ID_FOR_SRP: userId,
    },
  };
}

/**
 * The second message: the user whose password was proven. Each challenge takes one answer.
 * @throws NotAuthorizedException
 */
export async function finishSrp(realm: Realm, client: Client, responses: Record<string, string>): Promise<User> {
  const username = parameter(responses, "USERNAME");
  const block = parameter(responses, "PASSWORD_CLAIM_SECRET_BLOCK");
  const signature = parameter(responses, "PASSWORD_CLAIM_SIGNATURE");
  const timestamp = parameter(responses, "TIMESTAMP");
  const sentAt = readTimestamp(timestamp);
  const challenge = asked(realm, client, "PASSWORD_VERIFIER", block);
  if (!challenge || !close(realm, challenge)) throw incorrect();
  const { userId = "", emailKey = "", verifier = "", ...numbers } = challenge.data;
  if (username !== userId) throw incorrect();
  if (Math.abs(Date.now() - sentAt) > skewMs) throw notAuthorized("The timestamp is not current.");

  const find = () => (challenge.sub === undefined ? undefined : findUser(realm.database, client.pool.id, challenge.sub));
  const guess: Guess = await tryGuess(realm, { poolId: client.pool.id, emailKey }, "password", () => {
    const user = find();
    const known = user?.verifier !== undefined && user.verifier === verifier;
    const message = { poolId: client.pool.id, sub: userId, secretBlock: Buffer.from(block, "base64"), timestamp };
    const expected = expectedSignature(readExchange(numbers), readVerifier(verifier || "0.1"), message);
    return sameText(expected, signature) && known;
  });
  if (guess === "locked") throw notAuthorized("Password attempts exceeded");
  const user = find();
  if (guess === "wrong" || !user) throw incorrect();
  return user;
}

function readExchange(numbers: Record<string, string>): Exchange {
  const read = (name: string) => BigInt(`0x${numbers[name]}`);
  return { clientPublic: read("clientPublic"), serverPublic: read("serverPublic"), exponent: read("exponent") };
}

/** e.g. `Sat Nov 21 3:04:05 UTC 2026`; real time, as clients know no other. */
function readTimestamp(text: string): number {
  const [, date, time, year] = /^[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2}) (\d{1,2}:\d{2}:\d{2}) UTC (\d{4})$/.exec(text) ?? [];
  const at = Date.parse(`${date} ${year} ${time} UTC`);
  if (Number.isNaN(at)) throw invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
  return at;
}
