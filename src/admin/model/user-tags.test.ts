import { describe, expect, test } from "vitest";
import { planTags, readTags, tagLines } from "./user-tags.ts";

const tags = { email: "alice@example.com", Team: "web", AKIAEXAMPLEEXAMPLE01: "laptop" };
const full = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`tag-${at}`, "x"]));

describe("what is changed", () => {
  test.each<[string, string[], readonly string[]]>([
    ["a new tag", ["note=on call"], ["set the tag note=on call"]],
    [
      "another value",
      ["email=b@example.com"],
      ["set the tag email=b@example.com (was alice@example.com)"],
    ],
    ["another spelling of its name", ["team=platform"], ["set the tag team=platform (was web)"]],
    ["the value that is there", ["email=alice@example.com"], []],
    ["the same in another spelling", ["EMAIL=alice@example.com"], []],
    ["removed", ["email="], ["remove the tag email"]],
    ["removed in another spelling", ["team="], ["remove the tag Team"]],
    ["removed, and never there", ["note="], []],
    ["a value with an equals sign", ["note=a=b"], ["set the tag note=a=b"]],
    ["a name that every object has", ["constructor=x"], ["set the tag constructor=x"]],
    ["several", ["note=x", "Team="], ["remove the tag Team", "set the tag note=x"]],
  ])("%s", (_, typed, lines) => {
    expect(tagLines(planTags({ name: "alice", tags }, readTags(typed)))).toEqual(lines);
  });
});

test.each<[string, string[]]>([
  ["no tag", []],
  ["no value", ["note"]],
  ["no name", ["=x"]],
  ["a name that AWS reserves", ["aws:x=1"]],
  ["a character that AWS refuses", ["note=#1"]],
  ["one name twice", ["note=1", "Note=2"]],
])("refused: %s", (_, typed) => {
  expect(() => readTags(typed)).toThrow(expect.objectContaining({ code: "USAGE" }));
});

test("50 tags at most: a tag may be replaced, and one that is removed makes place for another", () => {
  const user = { name: "alice", tags: full };
  expect(() => planTags(user, readTags(["one=more"]))).toThrow(
    expect.objectContaining({ code: "ADMIN_REFUSED" }),
  );
  expect(planTags(user, readTags(["TAG-1=y"])).set).toHaveLength(1);
  expect(planTags(user, readTags(["tag-1=", "one=more"]))).toMatchObject({ removed: ["tag-1"] });
});
