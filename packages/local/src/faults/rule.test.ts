import { describe, expect, test } from "vitest";
import { BadRule, parseRule } from "./rule.ts";

const services = ["dynamodb", "sqs"];
const functions = ["PublishPost0A349913", "RenderImage"];
const parse = (input: unknown) => parseRule(input, services, functions);

describe("a rule", () => {
  test("needs little: it holds for every call, always, until it is deleted", () => {
    expect(parse({ service: "sqs", fault: "throttle" })).toMatchObject({ call: "*", chance: 1, skip: 0, seed: 1, times: undefined });
    expect(parse({ service: "clock", call: "PublishPost", ms: -300_000 })).toMatchObject({ fault: "skew", ms: -300_000 });
  });

  test("may be for a service that is not known here, if its address is told", () => {
    expect(parse({ service: "network", url: "http://127.0.0.1:4500", fault: "dropAfter" })).toMatchObject({ service: "network" });
    expect(() => parse({ service: "network", fault: "dropAfter" })).toThrow(/together with its `url`/);
    expect(() => parse({ service: "network", url: "http://example.org", fault: "dropAfter" })).toThrow(/on this machine/);
  });

  test("may be for any action of AWS, any path, any function by its id or whole name, and any call of a service with an address", () => {
    for (const call of ["SendMessage", "TagQueue", "GET /x", "*"])
      expect(parse({ service: "sqs", call, fault: "error" })).toMatchObject({ call });
    for (const call of ["PublishPost", "PublishPost0A349913", "RenderImage", "*"])
      expect(parse({ service: "lambda", call, fault: "hang" })).toMatchObject({ call });
    expect(parse({ service: "own", url: "http://127.0.0.1:4500", call: "putitem", fault: "error" })).toMatchObject({ call: "putitem" });
  });

  test.each([
    ["nothing", undefined, "Send a JSON object."],
    ["a list", [], "Send a JSON object."],
    ["an unknown service", { service: "s4", fault: "error" }, "`service` is one of dynamodb, sqs, lambda, clock"],
    ["an unknown fault", { service: "sqs", fault: "explode" }, "`fault` for sqs is one of throttle, conflict"],
    ["a fault that is for calls only", { service: "lambda", fault: "throttle" }, "`fault` for lambda is one of delay, hang"],
    ["a misspelt member", { service: "sqs", fault: "error", chances: 1 }, "There is no `chances`. A rule has service, call, fault"],
    ["a chance above 1", { service: "sqs", fault: "error", chance: 30 }, "`chance` is a number from 0 to 1."],
    ["half a time", { service: "sqs", fault: "error", times: 0.5 }, "`times` is a number from 1"],
    ["a seed that is no whole number", { service: "sqs", fault: "error", seed: 1.5 }, "`seed` is a whole number"],
    ["a delay without a time", { service: "sqs", fault: "delay" }, "`delay` needs `ms`."],
    ["eleven copies", { service: "sqs", fault: "duplicate", copies: 11 }, "`copies` is a number from 2 to 10."],
    [
      "for a function that is not there",
      { service: "lambda", call: "Nope", fault: "hang" },
      "`call` is one of PublishPost, RenderImage, *.",
    ],
    ["for a function in other letters", { service: "clock", call: "publishPost", ms: 1 }, "`call` is one of PublishPost, RenderImage, *."],
    [
      "of calls that no function makes",
      { service: "sqs", function: "Nope", fault: "error" },
      "`function` is one of PublishPost, RenderImage.",
    ],
    ["a call in other letters", { service: "sqs", call: "sendmessageBATCH", fault: "error" }, "`call` is spelt SendMessageBatch."],
    ["a call in small letters", { service: "sqs", call: "frobnicate", fault: "error" }, "begins with a capital letter, such as PutItem"],
    ["a path with a method in small letters", { service: "sqs", call: "get /x", fault: "error" }, "`call` is spelt GET /x."],
    ["a call that is no text", { service: "sqs", fault: "error", call: 7 }, "`call` is a text."],
  ])("is refused if it is %s, in words that say what is allowed", (_what, input, words) => {
    expect(() => parse(input)).toThrow(BadRule);
    expect(() => parse(input)).toThrow(words);
  });
});
