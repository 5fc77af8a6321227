import { expect, test } from "vitest";
import { matches, PatternError, readPattern } from "./pattern.ts";

const event = {
  source: "shop.orders",
  "detail-type": "Order.Paid",
  resources: ["arn:a", "arn:b"],
  detail: {
    id: "o-1",
    total: 42.5,
    gift: false,
    coupon: null,
    lines: [
      { sku: "X", count: 1 },
      { sku: "Y", count: 3 },
    ],
    to: { city: "Köln" },
  },
};
const fits = (pattern: unknown) => matches(readPattern(pattern), event);

test.each<[string, unknown, unknown]>([
  ["exact text", { source: ["shop.orders"] }, { source: ["shop.Orders"] }],
  ["any of several values", { source: ["other", "shop.orders"] }, { source: ["other", "another"] }],
  ["all fields", { source: ["shop.orders"], "detail-type": ["Order.Paid"] }, { source: ["shop.orders"], "detail-type": ["Order.Sent"] }],
  ["exact numbers", { detail: { total: [42.5] } }, { detail: { total: ["42.5"] } }],
  ["booleans and null", { detail: { gift: [false], coupon: [null] } }, { detail: { gift: [null] } }],
  ["nested fields", { detail: { to: { city: ["Köln"] } } }, { detail: { to: { city: ["Bonn"] } } }],
  ["one of the items of a list", { resources: ["arn:b"] }, { resources: ["arn:c"] }],
  [
    "objects in a list, all fields in the same one",
    { detail: { lines: { sku: ["Y"], count: [3] } } },
    { detail: { lines: { sku: ["X"], count: [3] } } },
  ],
  ["a prefix", { source: [{ prefix: "shop." }] }, { source: [{ prefix: "Shop." }] }],
  [
    "a prefix in any case",
    { source: [{ prefix: { "equals-ignore-case": "SHOP." } }] },
    { source: [{ prefix: { "equals-ignore-case": "SHIP" } }] },
  ],
  ["a suffix", { "detail-type": [{ suffix: ".Paid" }] }, { "detail-type": [{ suffix: ".paid" }] }],
  [
    "a suffix in any case",
    { "detail-type": [{ suffix: { "equals-ignore-case": ".PAID" } }] },
    { "detail-type": [{ suffix: { "equals-ignore-case": "sent" } }] },
  ],
  ["text in any case", { "detail-type": [{ "equals-ignore-case": "ORDER.paid" }] }, { "detail-type": [{ "equals-ignore-case": "order" }] }],
  ["a field that exists", { detail: { id: [{ exists: true }] } }, { detail: { id: [{ exists: false }] } }],
  ["a field that does not", { detail: { refund: [{ exists: false }] } }, { detail: { refund: [{ exists: true }] } }],
  ["null as existing", { detail: { coupon: [{ exists: true }] } }, { detail: { coupon: [{ exists: false }] } }],
  ["leaves only as existing", { detail: { to: [{ exists: false }] } }, { detail: { to: [{ exists: true }] } }],
  ["a range of numbers", { detail: { total: [{ numeric: [">", 42, "<=", 42.5] }] } }, { detail: { total: [{ numeric: [">", 42.5] }] } }],
  ["a number that is equal", { detail: { total: [{ numeric: ["=", 42.5] }] } }, { detail: { id: [{ numeric: [">", 0] }] } }],
  ["anything but a value", { source: [{ "anything-but": "other" }] }, { source: [{ "anything-but": "shop.orders" }] }],
  ["anything but a list", { source: [{ "anything-but": ["a", "b"] }] }, { source: [{ "anything-but": ["a", "shop.orders"] }] }],
  ["anything but a number", { detail: { total: [{ "anything-but": [1, 2] }] } }, { detail: { total: [{ "anything-but": 42.5 }] } }],
  [
    "anything but a prefix",
    { source: [{ "anything-but": { prefix: "ship." } }] },
    { source: [{ "anything-but": { prefix: ["x", "shop."] } }] },
  ],
  ["anything but a suffix", { source: [{ "anything-but": { suffix: ".x" } }] }, { source: [{ "anything-but": { suffix: ".orders" } }] }],
  [
    "anything but a text in any case",
    { source: [{ "anything-but": { "equals-ignore-case": "x" } }] },
    { source: [{ "anything-but": { "equals-ignore-case": "SHOP.ORDERS" } }] },
  ],
  [
    "one of several patterns, and the other fields",
    { source: ["shop.orders"], $or: [{ detail: { total: [1] } }, { "detail-type": ["Order.Paid"] }] },
    { source: ["other"], $or: [{ detail: { total: [1] } }, { "detail-type": ["Order.Paid"] }] },
  ],
])("matches %s, and not what only resembles it", (_rule, fitting, other) => {
  expect(fits(fitting)).toBe(true);
  expect(fits(other)).toBe(false);
});

test("anything-but does not match a field that is not there", () => {
  expect(fits({ detail: { refund: [{ "anything-but": "x" }] } })).toBe(false);
});

test("a field of every object's prototype is not taken for the event's", () => {
  expect(fits({ detail: { constructor: [{ exists: true }] } })).toBe(false);
});

test.each<[string, unknown]>([
  ["an unknown operator", { a: [{ wildcard: "x*" }] }],
  ["an operator of the prototype", { a: [{ constructor: "x" }] }],
  ["two operators in one matcher", { a: [{ prefix: "x", suffix: "y" }] }],
  ["a bare value", { a: "x" }],
  ["an empty list", { a: [] }],
  ["an empty pattern", {}],
  ["no pattern", null],
  ["a range without a comparison", { a: [{ numeric: [1, 2] }] }],
  ["a range of text", { a: [{ numeric: ["<", "2"] }] }],
  ["a prefix that is not text", { a: [{ prefix: 1 }] }],
  ["a flag that is not boolean", { a: [{ exists: "yes" }] }],
  ["an alternative that is alone", { $or: [{ a: [1] }] }],
  ["an unsound alternative", { $or: [{ a: [1] }, { a: [{ nonsense: 1 }] }] }],
  ["an exclusion of nothing", { a: [{ "anything-but": [] }] }],
  ["an exclusion by an unknown operator", { a: [{ "anything-but": { cidr: "10.0.0.0/8" } }] }],
])("%s is an error when the pattern is read", (_fault, pattern) => {
  expect(() => readPattern(pattern)).toThrow(PatternError);
});
