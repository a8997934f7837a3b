import { describe, expect, test } from "vitest";
import { decodeNotices, encodeNotices, isKnown, type Notice, withNotice } from "./notices.ts";

const now = new Date("2026-03-01T12:00:00Z");
const notice = (kind: Notice["kind"], identity = "main", more: Partial<Notice> = {}): Notice => ({
  kind,
  identity,
  at: now.toISOString(),
  text: `${kind} of ${identity}`,
  command: undefined,
  ...more,
});
const kinds = (list: readonly Notice[]) => list.map(({ kind, identity }) => `${kind} ${identity}`);

describe("adding one", () => {
  test.each<[string, readonly Notice[], Notice, readonly string[]]>([
    ["to none", [], notice("failed"), ["failed main"]],
    ["of the same kind: the newer", [notice("failed")], notice("failed"), ["failed main"]],
    ["of another kind", [notice("failed")], notice("waiting"), ["failed main", "waiting main"]],
    [
      "of another identity",
      [notice("failed")],
      notice("failed", "other"),
      ["failed main", "failed other"],
    ],
    [
      "a good end ends the bad",
      [notice("waiting"), notice("failed")],
      notice("rotated"),
      ["rotated main"],
    ],
    [
      "but not another identity's",
      [notice("failed", "other")],
      notice("rotated"),
      ["failed other", "rotated main"],
    ],
  ])("%s", (_, before, added, after) => {
    expect(kinds(withNotice(before, added))).toEqual(after);
  });

  test("the oldest go where there are too many", () => {
    let list: readonly Notice[] = [];
    for (let n = 0; n < 40; n++) list = withNotice(list, notice("failed", `id-${n}`));
    expect(list).toHaveLength(12);
    expect(list.at(-1)?.identity).toBe("id-39");
  });

  test("a text is one line of bounded length", () => {
    const [kept] = withNotice(
      [],
      notice("failed", "main", { text: `a\n\u001b[31m${"x".repeat(9999)}` }),
    );
    expect(kept?.text).toMatch(/^a \[31mx+$/);
    expect(kept?.text.length).toBe(600);
  });
});

test("what is known need not pop up again", () => {
  expect(isKnown([notice("waiting")], notice("waiting"))).toBe(true);
  expect(isKnown([notice("waiting")], notice("failed"))).toBe(false);
  expect(isKnown([notice("waiting")], notice("waiting", "other"))).toBe(false);
});

test("they come back from the file as they went", () => {
  const list = [notice("failed", "main", { command: "awst key rotate" }), notice("rotated", "b")];
  expect(decodeNotices(JSON.parse(JSON.stringify(encodeNotices(list))))).toEqual(list);
});

test.each([
  undefined,
  null,
  3,
  "x",
  [],
  {},
  { notices: 3 },
  { notices: [null, 3, {}, { kind: "failed" }] },
])("a file of no use is none: %j", (value) => {
  expect(decodeNotices(value)).toEqual([]);
});

test("a notice with a time that is none is left out", () => {
  expect(decodeNotices({ notices: [notice("failed", "main", { at: "soon" })] })).toEqual([]);
});
