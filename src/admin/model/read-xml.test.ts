import { expect, test } from "vitest";
import { childOf, childrenOf, readXml, textOf } from "./read-xml.ts";

test("an response of AWS: namespaces, empty elements, lists, escaped text", () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<R xmlns="http://x/"><S><member><A>1</A></member><member><A>a &lt;&amp;&#39;&#x41; b</A><E/></member></S></R>',
  );
  const members = childrenOf(childOf(root, "S"), "member");
  expect(members.map((each) => textOf(each, "A"))).toEqual(["1", "a <&'A b"]);
  expect(textOf(members[1], "E")).toBeUndefined();
  expect(childOf(root, "None", "A")).toBeUndefined();
});

test("a template in an answer keeps its line breaks", () => {
  expect(readXml("<T>a: 1\n  b: 2\n</T>")?.text).toBe("a: 1\n  b: 2\n");
});

test.each([
  ["<A>"],
  ["<A></B>"],
  ["</A>"],
  ["<A></A><B></B>"],
  ["text"],
  [""],
  ["<A><B></A></B>"],
  ["<!DOCTYPE x><A></A>"],
  ["<A>&lt;</A"],
  [`${"<A>".repeat(50)}${"</A>".repeat(50)}`],
])("%j is no XML", (text) => {
  expect(readXml(text)).toBeUndefined();
});

test("an entity that is none, and a number that is no character, stay as they are", () => {
  expect(readXml("<A>&nbsp;&#x7fffff;</A>")?.text).toBe("&nbsp;&#x7fffff;");
});
