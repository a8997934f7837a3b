import { expect, test } from "vitest";
import { pageOf } from "./page.ts";
import { errorXml, resultXml } from "./xml.ts";

const to = { namespace: "urn:x", requestId: "id" };

test("a result: lists are members, times whole seconds, what is undefined is left out", () => {
  const result = {
    A: '<&>"',
    N: 5,
    B: true,
    At: new Date("2030-01-01T00:00:00.999Z"),
    L: [{ X: "1" }, { X: "2" }],
    E: [],
    U: undefined,
  };
  expect(resultXml("Do", result, to)).toBe(
    '<DoResponse xmlns="urn:x"><DoResult><A>&lt;&amp;&gt;&quot;</A><N>5</N><B>true</B>' +
      "<At>2030-01-01T00:00:00Z</At><L><member><X>1</X></member><member><X>2</X></member></L><E></E>" +
      "</DoResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DoResponse>\n",
  );
});

test("an answer without a result", () => {
  expect(resultXml("Do", undefined, to)).toBe(
    '<DoResponse xmlns="urn:x"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DoResponse>\n',
  );
});

test.each([
  [403, "Sender"],
  [500, "Receiver"],
])("an error with status %i is the %s's", (status, type) => {
  expect(errorXml({ status, code: "C", message: "m" }, to)).toBe(
    `<ErrorResponse xmlns="urn:x"><Error><Type>${type}</Type><Code>C</Code><Message>m</Message></Error><RequestId>id</RequestId></ErrorResponse>\n`,
  );
});

test("pages follow on each other, and may be shorter than asked for", () => {
  const all = ["a", "b", "c", "d", "e"];
  const pages: string[][] = [];
  let marker: string | undefined;
  do {
    const sent = new Map([["MaxItems", "3"], ...(marker ? ([["Marker", marker]] as const) : [])]);
    const page = pageOf(all, sent, 2);
    pages.push([...page.items]);
    expect(page.end.IsTruncated).toBe(page.end.Marker !== undefined);
    marker = page.end.Marker;
  } while (marker);
  expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
});

test("an unknown marker is refused", () => {
  expect(() => pageOf([], new Map([["Marker", "x"]]), 0)).toThrow("Invalid Marker");
});
