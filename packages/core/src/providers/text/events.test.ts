import { array, assert, asyncProperty, constantFrom, integer, string } from "fast-check";
import { expect, test } from "vitest";
import { eventsIn } from "./events.ts";

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("events are the same wherever the network cuts them, whatever their lines end with", async () => {
  const data = string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text));
  await assert(
    asyncProperty(
      array(data, { maxLength: 5 }),
      constantFrom("\n", "\r\n", "\r"),
      integer({ min: 1, max: 9 }),
      async (texts, end, size) => {
        const body = texts.map((text) => `: a comment${end}event: word${end}data: ${text}${end}${end}`).join("");
        const heard: string[] = [];
        for await (const text of eventsIn(inPieces(Buffer.from(`${body}\n`), size))) heard.push(text);
        expect(heard).toEqual(texts);
      },
    ),
    { numRuns: 60 },
  );
});
