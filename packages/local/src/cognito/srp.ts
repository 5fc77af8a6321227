import { createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";

/**
 * The server's half of Secure Remote Password as Cognito speaks it: SRP-6a over the 3072-bit group of RFC 3526 §4 with SHA-256, integers hashed as two's
 * complement, the key stretched by HKDF (RFC 5869). @see RFC 5054 §2.5–2.6; amazon-cognito-identity-js, AuthenticationHelper
 */

const modulus = BigInt(
  `0x${[
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33",
    "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864",
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
  ].join("")}`,
);
const generator = 2n;
const multiplier = numberOf(digest(padded(modulus), padded(generator)));

/** Bytes of the secret exponent; 256 bits are twice what the group's strength asks for. */
const exponentBytes = 32;
const saltBytes = 16;
const keyBytes = 16;

/** A user as the protocol hashes it: pool and name, so that a verifier serves nobody else. */
export type Identity = { poolId: string; sub: string };
export type Verifier = { salt: bigint; verifier: bigint };
/** What the server remembers between its two messages, and the first of them. */
export type Exchange = { clientPublic: bigint; serverPublic: bigint; exponent: bigint };

export function toHex(value: bigint): string {
  return value.toString(16);
}
export const fromHex = (text: string): bigint | undefined => (/^[0-9a-f]{1,1024}$/i.test(text) ? BigInt(`0x${text}`) : undefined);

/** What is stored of a password, instead of it: `salt.verifier` in hex. Weaker against guessing than the scrypt hash, so only pools that use SRP store it. */
export function makeVerifier(identity: Identity, password: string): string {
  const salt = numberOf(randomBytes(saltBytes));
  const inner = digest(Buffer.from(`${nameOf(identity)}:${password}`));
  const verifier = power(generator, numberOf(digest(padded(salt), inner)));
  return `${toHex(salt)}.${toHex(verifier)}`;
}

export function readVerifier(stored: string): Verifier {
  const [salt = "0", verifier = "0"] = stored.split(".");
  return { salt: BigInt(`0x${salt}`), verifier: BigInt(`0x${verifier}`) };
}

/** For a name without a verifier: always the same, so that asking twice does not tell, and no password opens it. */
export function strangersVerifier(secret: Buffer, name: string): Verifier {
  const part = (what: string) => createHmac("sha256", secret).update(`${what} ${name}`).digest();
  return { salt: numberOf(part("salt").subarray(0, saltBytes)), verifier: power(generator, numberOf(part("verifier"))) };
}

/** A user id for a name without a user, of the form of a real one and always the same. */
export function strangersSub(secret: Buffer, name: string): string {
  const hex = createHmac("sha256", secret).update(`sub ${name}`).digest("hex");
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The server's answer to `clientPublic`; undefined for one that would make the key known to all (RFC 5054 §2.5.4). */
export function beginExchange(clientPublic: bigint, { verifier }: Verifier): Exchange | undefined {
  if (clientPublic % modulus === 0n) return undefined;
  const exponent = numberOf(randomBytes(exponentBytes));
  return { clientPublic, exponent, serverPublic: (multiplier * verifier + power(generator, exponent)) % modulus };
}

/** The signature that only someone who knows the password can have made, base64. `secretBlock` and `timestamp` are as they were sent. */
export function expectedSignature(
  { clientPublic, serverPublic, exponent }: Exchange,
  { verifier }: Verifier,
  { poolId, sub, secretBlock, timestamp }: Identity & { secretBlock: Buffer; timestamp: string },
): string {
  const scrambler = numberOf(digest(padded(clientPublic), padded(serverPublic)));
  const shared = power((clientPublic * power(verifier, scrambler)) % modulus, exponent);
  const key = Buffer.from(hkdfSync("sha256", padded(shared), padded(scrambler), "Caldera Derived Key", keyBytes));
  return createHmac("sha256", key).update(nameOf({ poolId, sub })).update(secretBlock).update(timestamp).digest("base64");
}

/** A pool is known to the protocol by what follows the region in its id. */
const nameOf = ({ poolId, sub }: Identity): string => `${poolId.slice(poolId.indexOf("_") + 1)}${sub}`;

function digest(...parts: Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** Two's complement, as few bytes as it takes: a zero byte in front keeps a large number positive. */
function padded(value: bigint): Buffer {
  const hex = toHex(value);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
