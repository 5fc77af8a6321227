import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  AdminGetUserCommand,
  ConfirmSignUpCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimsOf, connect, newEmail, password, poolSpec, startCognito } from "./fixture.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cognito-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("users, sessions, ids, keys, locks and pending codes outlive a restart", async () => {
  const file = join(folder, "restart.sqlite");
  const before = await startCognito({ file });
  const email = await before.newUser();
  const pending = newEmail();
  await before.signUp(pending);
  const code = before.lastCode(pending);
  const tokens = await before.signIn(email);
  const victim = await before.newUser();
  for (let n = 0; n < 5; n++) await before.signIn(victim, { password: "Not-the-password-1" }).catch(() => undefined);
  await before.stop();

  const after = await startCognito({ file });
  try {
    expect(after.poolId).toBe(before.poolId);
    expect(after.poolId).toMatch(/^eu-west-1_[A-Za-z0-9]{9}$/);
    expect(after.clientId()).toBe(before.clientId());
    await after.sdk.send(new GetUserCommand({ AccessToken: tokens.AccessToken }));
    await after.sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId: after.clientId(), RefreshToken: tokens.RefreshToken }));
    await after.signIn(email);
    await expect(after.signUp(pending)).rejects.toMatchObject({ name: "UsernameExistsException" });
    await after.sdk.send(new ConfirmSignUpCommand({ ClientId: after.clientId(), Username: pending, ConfirmationCode: code }));
    after.clock.turnTo(before.clock.now() - after.clock.now());
    await expect(after.signIn(victim)).rejects.toMatchObject({ message: "Password attempts exceeded" });
  } finally {
    await after.stop();
  }
});

test("defining a pool again keeps its ids, takes the new policy, adds clients and deletes those no longer named", async () => {
  const pool = await startCognito();
  try {
    const [web, ...others] = poolSpec.clients;
    if (!web) throw new Error("The fixture has no client.");
    const passwordPolicy = { ...poolSpec.passwordPolicy, minimumLength: 30 };
    const again = pool.cognito.definePool({ ...poolSpec, passwordPolicy, clients: [web, { ...web, logicalId: "New" }] });
    expect(again.poolId).toBe(pool.poolId);
    expect(again.clientIds).toEqual({ Web: pool.clientId(), New: expect.stringMatching(/^[a-z0-9]{26}$/) });
    await expect(pool.signUp(newEmail())).rejects.toMatchObject({ message: expect.stringContaining("Password not long enough") });
    await expect(pool.signIn(newEmail(), { client: others[0]?.logicalId ?? "" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  } finally {
    await pool.stop();
  }
});

test("nothing in the file is a password or a token in the clear", async () => {
  const file = join(folder, "clear.sqlite");
  const pool = await startCognito({ file });
  const email = await pool.newUser();
  const pending = newEmail();
  await pool.signUp(pending);
  const { RefreshToken, AccessToken } = await pool.signIn(email);
  const bytes = [file, `${file}-wal`].map((name) => readFileSync(name, "latin1")).join("");
  await pool.stop();
  expect(bytes).toContain(email);
  for (const secret of [password, RefreshToken, AccessToken]) expect(bytes).not.toContain(secret);
});

test("every acknowledged sign-up outlives kill -9 in the midst of others", async () => {
  const file = join(folder, "killed.sqlite");
  const child = spawn(process.execPath, [join(import.meta.dirname, "fixture-process.ts"), file], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = await once(createInterface(child.stdout), "line");
  const { url, poolId, clientId } = JSON.parse(String(line)) as { url: string; poolId: string; clientId: string };
  const sdk = connect(url);
  const acknowledged = new Map<string, string>();
  const lane = async () => {
    for (;;) {
      const email = newEmail();
      const { UserSub = "" } = await sdk.send(new SignUpCommand({ ClientId: clientId, Username: email, Password: password }));
      acknowledged.set(email, UserSub);
      if (acknowledged.size === 12) child.kill("SIGKILL");
    }
  };
  await Promise.allSettled([lane(), lane(), lane(), lane()]);
  await exited;
  sdk.destroy();
  expect(acknowledged.size).toBeGreaterThanOrEqual(12);

  const after = await startCognito({ file });
  try {
    expect(after.poolId).toBe(poolId);
    for (const [email, sub] of acknowledged) {
      expect(await after.sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }))).toMatchObject({ Username: sub });
      await expect(after.signIn(email)).rejects.toMatchObject({ name: "UserNotConfirmedException" });
    }
    expect(claimsOf((await after.signIn(await after.newUser())).AccessToken).iss).toContain(poolId);
  } finally {
    await after.stop();
  }
});
