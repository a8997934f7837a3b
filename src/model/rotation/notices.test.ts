import { describe, expect, test } from "vitest";
import { fromJson, toJson } from "../../../test/support/state-files.ts";
import { isAlreadyReported, type Notice, noticesFile, withNotice } from "./notices.ts";

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

describe("withNotice", () => {
  test.each<[string, readonly Notice[], Notice, readonly string[]]>([
    ["the first", [], notice("failed"), ["failed main"]],
    [
      "the same kind: the newer replaces the older",
      [notice("failed")],
      notice("failed"),
      ["failed main"],
    ],
    ["another kind", [notice("failed")], notice("waiting"), ["failed main", "waiting main"]],
    [
      "another identity",
      [notice("failed")],
      notice("failed", "other"),
      ["failed main", "failed other"],
    ],
    [
      "a success removes failures",
      [notice("waiting"), notice("failed")],
      notice("rotated"),
      ["rotated main"],
    ],
    [
      "a success keeps failures of another identity",
      [notice("failed", "other")],
      notice("rotated"),
      ["failed other", "rotated main"],
    ],
  ])("%s", (_, before, added, after) => {
    expect(kinds(withNotice(before, added))).toEqual(after);
  });

  test("drops the oldest of more than twelve", () => {
    let list: readonly Notice[] = [];
    for (let n = 0; n < 40; n++) list = withNotice(list, notice("failed", `id-${n}`));
    expect(list).toHaveLength(12);
    expect(list.at(-1)?.identity).toBe("id-39");
  });

  test("a text is one line of bounded length", () => {
    const [stored] = withNotice(
      [],
      notice("failed", "main", { text: `a\n\u001b[31m${"x".repeat(9999)}` }),
    );
    expect(stored?.text).toMatch(/^a \[31mx+$/);
    expect(stored?.text.length).toBe(600);
  });
});

test("isAlreadyReported: the same kind and identity", () => {
  expect(isAlreadyReported([notice("waiting")], notice("waiting"))).toBe(true);
  expect(isAlreadyReported([notice("waiting")], notice("failed"))).toBe(false);
  expect(isAlreadyReported([notice("waiting")], notice("waiting", "other"))).toBe(false);
});

test("noticesFile: what is written is read back", () => {
  const list = [notice("failed", "main", { command: "awst key rotate" }), notice("rotated", "b")];
  expect(fromJson(noticesFile, toJson(noticesFile, list))).toEqual(list);
});

test.each([
  undefined,
  null,
  3,
  "x",
  [],
  {},
  { version: 1, notices: 3 },
  { version: 1, notices: [null, 3, {}, { kind: "failed" }] },
])("noticesFile: an invalid file has no notices: %j", (value) => {
  expect(fromJson(noticesFile, value)).toEqual([]);
});

test("noticesFile: a notice with an invalid time is dropped", () => {
  expect(
    fromJson(noticesFile, { version: 1, notices: [notice("failed", "main", { at: "soon" })] }),
  ).toEqual([]);
});
