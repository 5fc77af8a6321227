import { expect, test } from "vitest";
import { providerSettingsIn } from "../../../local/src/provider-settings.ts";
import { makeOutside } from "../outside/index.ts";
import { imageModels } from "./models/index.ts";
import { makeProvider } from "./registry.ts";
import { missingSettings, providerNames, settingNames } from "./settings.ts";

test.each(providerNames)("%s is on with exactly the settings that its adapter needs", (name) => {
  const means = { outside: makeOutside(), models: imageModels };
  const needed = makeProvider(name, {}, means).missing();
  const names = settingNames(name);
  expect(missingSettings(name, {})).toEqual(needed.map((setting) => names[setting as keyof typeof names]));
  const settings = Object.fromEntries(needed.map((setting) => [setting, "http://127.0.0.1:1"]));
  expect(missingSettings(name, settings)).toEqual([]);
  expect(makeProvider(name, settings, means).missing()).toEqual([]);
});

test("all of these settings, and no other variable of a person's, reach the functions on one's own machine", () => {
  const names = providerNames.flatMap((provider) => Object.values(settingNames(provider)));
  const environment = Object.fromEntries(
    [...names, "PROVIDER_ORDER", "AWS_SECRET_ACCESS_KEY", "HOME", "NPM_TOKEN"].map((name) => [name, "x"]),
  );
  expect(Object.keys(providerSettingsIn(environment)).sort()).toEqual([...names, "PROVIDER_ORDER"].sort());
});
