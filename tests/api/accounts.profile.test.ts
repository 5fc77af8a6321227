import { beforeAll, describe, expect, test } from "vitest";
import { checkedFetch } from "../harness/contract.ts";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});

describe("the profile", () => {
  test("keeps what is changed and nothing else, one version at a time", async () => {
    const before = await ada.client.getMe();
    const after = await ada.client.changeMe({
      body: { bio: "Landscapes, mostly.", timeZone: "Europe/Paris", locale: "fr", languages: ["fr", "pt-BR"] },
    });
    expect(after).toEqual({
      ...before,
      bio: "Landscapes, mostly.",
      timeZone: "Europe/Paris",
      locale: "fr",
      languages: ["fr", "pt-BR"],
      updatedAt: after.updatedAt,
      version: before.version + 1,
    });
    expect(await ada.client.getMe()).toEqual(after);
  });

  test("is not changed by who has not seen its newest version", async () => {
    const { version } = await ada.client.getMe();
    const response = await checkedFetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(response.headers.get("etag")).toBe(`"${version}"`);
    const changed = await ada.client.changeMe({ body: { location: "Lyon" }, ifMatch: `"${version}"` });
    await expect(ada.client.changeMe({ body: { location: "Nice" }, ifMatch: `"${version}"` })).rejects.toMatchObject({ status: 412 });
    expect(await ada.client.getMe()).toEqual(changed);
  });

  test("is one account from the first look on, however many look at once", async () => {
    const { client } = await signUp(url);
    const looks = await Promise.all(Array.from({ length: 6 }, () => client.getMe()));
    expect(new Set(looks.map(({ createdAt }) => createdAt)).size).toBe(1);
  });

  test.each([
    ["a time zone that does not exist", { timeZone: "Mars/Olympus" }, "#/timeZone"],
    ["an offset for a time zone", { timeZone: "+02:00" }, "#/timeZone"],
    ["a link that runs script", { links: [{ label: "x", url: "javascript:alert(1)" }] }, "#/links/0/url"],
    ["a link that is no address", { links: [{ label: "x", url: "my site" }] }, "#/links/0/url"],
    ["a link without a label", { links: [{ label: " ", url: "https://ada.example.org" }] }, "#/links/0/label"],
    ["eleven links", { links: Array.from({ length: 11 }, () => ({ label: "x", url: "https://ada.example.org" })) }, "#/links"],
    ["a language that is none", { languages: ["français"] }, "#/languages/0"],
    ["a name of blanks", { displayName: "   " }, "#/displayName"],
    ["a long bio", { bio: "x".repeat(601) }, "#/bio"],
  ])("refuses %s, with its place", async (_what, body, pointer) => {
    await expect(ada.client.changeMe({ body })).rejects.toMatchObject({ status: 422, problem: { errors: [{ pointer }] } });
  });

  test("does not let anybody choose tier, address or workspace", async () => {
    const body = { tier: "vip", workspaceId: "wks_1", email: "eve@example.org", userId: "x", version: 99 };
    const response = await checkedFetch(`${url}/v1/me`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${ada.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(422);
    expect(await ada.client.getMe()).toMatchObject({ tier: "free", email: ada.email, userId: ada.userId });
  });
});
