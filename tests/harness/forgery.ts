import { createSign, generateKeyPairSync } from "node:crypto";

type Claims = Record<string, unknown>;

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decoded = (part: string | undefined): Claims => JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8")) as Claims;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A token with any header and claims, correctly signed with a key that is not the pool's. */
function forged(header: Claims, claims: Claims): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

/** Authorization headers that must open nothing. `genuine` is a token that does open, `victim` the user whom a forger would like to be. */
export function forgeries(
  genuine: { accessToken: string; idToken: string; refreshToken: string },
  victim: string,
): [what: string, header: string][] {
  const [head, payload, signature = ""] = genuine.accessToken.split(".");
  const [header, claims] = [decoded(head), decoded(payload)];
  const middle = Math.floor(signature.length / 2);
  const other = signature[middle] === "A" ? "B" : "A";
  const hour = 3_600;
  const tokens: [string, string][] = [
    ["no signature", `${encoded({ ...header, alg: "none" })}.${payload}.`],
    ["alg none with a signature", `${encoded({ ...header, alg: "none" })}.${payload}.${signature}`],
    ["a symmetric algorithm", `${encoded({ ...header, alg: "HS256" })}.${payload}.${signature}`],
    ["another person's id in it", `${head}.${encoded({ ...claims, sub: victim })}.${signature}`],
    ["a later end in it", `${head}.${encoded({ ...claims, exp: Number(claims.exp) + hour })}.${signature}`],
    ["a changed signature", `${head}.${payload}.${signature.slice(0, middle)}${other}${signature.slice(middle + 1)}`],
    ["a key of one's own under the pool's key id", forged(header, { ...claims, sub: victim })],
    ["a key of one's own under its own key id", forged({ ...header, kid: "mine" }, { ...claims, sub: victim })],
    ["a key that it brings itself", forged({ ...header, kid: "mine", jku: "http://127.0.0.1:1/jwks.json" }, claims)],
    ["a time that is over", forged(header, { ...claims, iat: Number(claims.iat) - 2 * hour, exp: Number(claims.iat) - hour })],
    ["another pool", forged(header, { ...claims, iss: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Another00" })],
    ["another client", forged(header, { ...claims, client_id: "anotherclient" })],
    ["an ID token", genuine.idToken],
    ["a refresh token", genuine.refreshToken],
    ["claims that are no JSON", `${head}.bm9uc2Vuc2U.${signature}`],
  ];
  return [
    ["nothing", ""],
    ["a scheme alone", "Bearer"],
    ["another scheme", `Basic ${Buffer.from("ada:secret").toString("base64")}`],
    ["a token without its scheme", genuine.accessToken],
    ["two tokens", `Bearer ${genuine.accessToken} ${genuine.accessToken}`],
    ["half a token", `Bearer ${head}.${payload}`],
    ...tokens.map(([what, token]): [string, string] => [what, `Bearer ${token}`]),
  ];
}
