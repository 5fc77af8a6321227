import { describe, expect, test } from "vitest";
import { makeBook, type Occasion } from "./book.ts";
import { parseRule } from "./rule.ts";

const rule = (more: Record<string, unknown>) => parseRule({ service: "dynamodb", fault: "throttle", ...more }, ["dynamodb"]);
const call = (name: string, more: Partial<Occasion> = {}): Occasion => ({
  service: "dynamodb",
  call: name,
  text: () => "",
  can: () => true,
  ...more,
});
const struck = (more: Record<string, unknown>, calls: number): boolean[] => {
  const book = makeBook();
  book.add(rule(more));
  return Array.from({ length: calls }, () => book.strike(call("PutItem")) !== undefined);
};

describe("a rule", () => {
  test("strikes the same calls again for the same seed, and others for another", () => {
    const first = struck({ chance: 0.4, seed: 7 }, 200);
    expect(struck({ chance: 0.4, seed: 7 }, 200)).toEqual(first);
    expect(struck({ chance: 0.4, seed: 8 }, 200)).not.toEqual(first);
    const share = first.filter(Boolean).length / 200;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.5);
  });

  test("lets the first ones pass and rests after its times", () => {
    expect(struck({ skip: 2, times: 3 }, 7)).toEqual([false, false, true, true, true, false, false]);
  });

  test("is for its call, its function and its text alone, and counts what it has seen and struck", () => {
    const book = makeBook();
    book.add(rule({ call: "PutItem", function: "PublishPost", match: "pst_1", times: 1 }));
    for (const other of [
      call("GetItem", { caller: "PublishPost0A349913", text: () => "pst_1" }),
      call("PutItem", { caller: "PublishPostLater", text: () => "pst_1" }),
      call("PutItem", { text: () => "pst_1" }),
      call("PutItem", { caller: "PublishPost0A349913", text: () => "pst_2" }),
      call("PutItem", { caller: "PublishPost0A349913", text: () => "pst_1", can: () => false }),
    ])
      expect(book.strike(other)).toBeUndefined();
    const meant = call("PutItem", { caller: "PublishPost0A349913", text: () => "pst_1" });
    expect(book.strike(meant)?.rule.fault).toBe("throttle");
    expect(book.strike(meant)).toBeUndefined();
    expect(book.list()).toMatchObject([{ seen: 2, applied: 1 }]);
  });

  test("is not disturbed by another one that strikes before it", () => {
    const alone = struck({ chance: 0.5, seed: 3 }, 100);
    const book = makeBook();
    book.add(rule({ chance: 0.5, seed: 4, fault: "error" }));
    book.add(rule({ chance: 0.5, seed: 3 }));
    const both = Array.from({ length: 100 }, () => book.strike(call("PutItem"))?.rule.fault);
    expect(both.map((fault, at) => fault === "throttle" && !alone[at])).not.toContain(true);
    expect(both).toContain("throttle");
    expect(both).toContain("error");
  });

  test("lets go what it holds when it is deleted", () => {
    const book = makeBook();
    const { id } = book.add(rule({ fault: "hang" }));
    const held = book.strike(call("PutItem"));
    expect(held?.released.aborted).toBe(false);
    expect(book.remove("fault-9")).toBe(0);
    expect(book.remove(id)).toBe(1);
    expect(held?.released.aborted).toBe(true);
    expect(book.strike(call("PutItem"))).toBeUndefined();
  });
});
