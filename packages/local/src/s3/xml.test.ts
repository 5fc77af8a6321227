import { expect, test } from "vitest";
import { element, readXml, XmlError } from "./xml.ts";

test("what is written can be read again, whatever the text", () => {
  const text = "<&>\"' \r\n\t ü😀 ]]> &amp;";
  expect(readXml(element("A", [["B", text]]))).toEqual({ name: "A", text: "", children: [{ name: "B", text, children: [] }] });
});

test.each([
  ["nothing", ""],
  ["two roots", "<a/><b/>"],
  ["text beside the root", "<a/>x"],
  ["an element that is not closed", "<a><b></a>"],
  ["a root that is not closed", "<a>"],
  ["a declaration of entities", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ["an unknown entity", "<a>&x;</a>"],
  ["a bare ampersand", "<a>x & y</a>"],
  ["an entity beyond Unicode", "<a>&#x110000;</a>"],
  ["a comment", "<a><!-- x --></a>"],
  ["too deep a nesting", "<a>".repeat(40) + "</a>".repeat(40)],
])("%s is refused", (_fault, source) => {
  expect(() => readXml(source)).toThrow(XmlError);
});
