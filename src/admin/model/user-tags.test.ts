import { describe, expect, test } from "vitest";
import { checkOwnTags, planTags, readTags, tagLines } from "./user-tags.ts";

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
    ["removed", ["email="], ["remove the tag email (was alice@example.com)"]],
    ["removed in another spelling", ["team="], ["remove the tag Team (was web)"]],
    ["removed, and never there", ["note="], []],
    ["a value with an equals sign", ["note=a=b"], ["set the tag note=a=b"]],
    ["a name that every object has", ["constructor=x"], ["set the tag constructor=x"]],
    ["several", ["note=x", "Team="], ["remove the tag Team (was web)", "set the tag note=x"]],
  ])("%s", (_, typed, lines) => {
    expect(tagLines(planTags({ name: "alice", tags }, readTags(typed)), "alice")).toEqual(lines);
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
  expect(planTags(user, readTags(["tag-1=", "one=more"]))).toMatchObject({
    removed: [{ name: "tag-1" }],
  });
});

test.each<[string, RegExp | undefined]>([
  ["awst:protected=true", undefined],
  ["AWST:Protected=true", undefined],
  ["awst:protected=", undefined],
  ["team=awst:protected", undefined],
  ["awst=x", undefined],
  ["awst:protected=treu", /awst:protected=true/],
  ["awst:protected=TRUE", /awst:protected=true/],
  ["awst:protected=false", /awst:protected= ends/],
  ["awst:protectd=true", /user show alice/],
  ["awst:cut=x", /user offboard alice/],
  ["AWST:CUT=2026-11-27", /user offboard alice/],
  ["awst:cut=", /user restore alice/],
  ["awst:cut-keys=AKIAEXAMPLE", /user offboard alice/],
  ["awst:delete-after=2026-01-01", /user offboard alice/],
  ["awst:dormant-warned=2020-01-01", /dormant enforce/],
  ["awst:dormant-disabled=", /dormant restore alice/],
  ["awst:restored=2099-01-01", /user show alice/],
  ["awst:restoring=x", /user show alice/],
])("a tag of awst: %s", (typed, hint) => {
  const check = () => checkOwnTags("alice", readTags([typed]));
  if (hint === undefined) expect(check).not.toThrow();
  else {
    expect(check).toThrow(
      expect.objectContaining({ code: "USAGE", hint: expect.stringMatching(hint) }),
    );
  }
});

test("a plan says where it ends a protection", () => {
  const user = { name: "alice", tags: { "Awst:Protected": "true" } };
  expect(tagLines(planTags(user, readTags(["awst:protected="])), "alice")).toEqual([
    "remove the tag Awst:Protected, which ends the protection of alice",
  ]);
});
