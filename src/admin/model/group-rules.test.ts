import { describe, expect, test } from "vitest";
import { sortingLines } from "../output/group-report.ts";
import type { GroupRules } from "./admin-settings.ts";
import {
  findCategory,
  followsRules,
  groupsOf,
  parseRecipes,
  pythonPattern,
  type SortOptions,
  sortCommand,
  sortUser,
} from "./group-rules.ts";

const sort = ["awst", "admin", "group", "sort"];

/** The example of AWS-recipes' article, unchanged. */
const article = `{
"common_groups": [ "AllUsers" ],
"category_groups": [
"AllHumanUsers",
"AllHeadlessUsers",
"AllMisconfiguredUsers"
],
"category_regex": [
"",
"^Headless-(.*)",
"^MisconfiguredUser-(.*)"
],
"profile_name": [ "isecpartners" ]
}`;
const rules = parseRecipes(article, "isecpartners.json");
const usual: SortOptions = {
  strict: false,
  fix: false,
  defaultCategory: undefined,
  chosen: new Map(),
};

test("the article's file names four groups", () => {
  expect(groupsOf(rules)).toEqual([
    "AllUsers",
    "AllHumanUsers",
    "AllHeadlessUsers",
    "AllMisconfiguredUsers",
  ]);
});

const both: GroupRules = {
  common: [],
  forceCommon: true,
  categories: [
    { group: "Ops", match: /^(?:op-)/u },
    { group: "Bots", match: /^(?:op-bot)/u },
  ],
};

describe("sorting", () => {
  test.each<[string, string, readonly string[], Partial<SortOptions>, object, GroupRules?]>([
    ["matched by name", "Headless-x", [], {}, { add: ["AllUsers", "AllHeadlessUsers"] }],
    [
      "matched by nothing: chosen by an administrator",
      "zoe",
      [],
      {},
      { add: ["AllUsers"], category: undefined },
    ],
    [
      "chosen",
      "zoe",
      [],
      { chosen: new Map([["zoe", "AllHumanUsers"]]) },
      { add: ["AllUsers", "AllHumanUsers"] },
    ],
    [
      "the default category",
      "zoe",
      [],
      { defaultCategory: "AllHumanUsers" },
      { category: "AllHumanUsers" },
    ],
    [
      "sorted already",
      "zoe",
      ["AllUsers", "AllHumanUsers"],
      {},
      { add: [], category: "AllHumanUsers" },
    ],
    [
      "sorted, in other case",
      "zoe",
      ["allusers", "ALLHUMANUSERS"],
      {},
      { add: [], category: "AllHumanUsers" },
    ],
    [
      "a category against the pattern stays",
      "Headless-x",
      ["AllUsers", "AllHumanUsers"],
      {},
      { add: [], remove: [] },
    ],
    [
      "two categories are reported",
      "Headless-x",
      ["AllUsers", "AllHumanUsers", "AllHeadlessUsers"],
      {},
      { remove: [], tooMany: ["AllHumanUsers", "AllHeadlessUsers"] },
    ],
    [
      "two categories, fixed",
      "Headless-x",
      ["AllUsers", "AllHumanUsers", "AllHeadlessUsers"],
      { fix: true },
      { add: [], remove: ["AllHumanUsers"] },
    ],
    [
      "two categories, no pattern: not guessed",
      "zoe",
      ["AllUsers", "AllHumanUsers", "AllHeadlessUsers"],
      { fix: true },
      { remove: [], category: undefined },
    ],
    [
      "two categories, no pattern, chosen by an administrator",
      "zoe",
      ["AllUsers", "AllHumanUsers", "AllHeadlessUsers"],
      { fix: true, chosen: new Map([["zoe", "AllHeadlessUsers"]]) },
      { remove: ["AllHumanUsers"], category: "AllHeadlessUsers" },
    ],
    [
      "two categories, no pattern, the default category",
      "zoe",
      ["AllUsers", "AllHumanUsers", "AllHeadlessUsers"],
      { fix: true, defaultCategory: "AllHumanUsers" },
      { remove: ["AllHeadlessUsers"], category: "AllHumanUsers" },
    ],
    [
      "not anchored is no match",
      "x-Headless-y",
      ["AllUsers"],
      {},
      { add: [], category: undefined },
    ],
    [
      "several match: the first",
      "op-bot1",
      [],
      {},
      { category: "Ops", alsoMatching: ["Bots"] },
      both,
    ],
    ["several match, strict", "op-bot1", [], { strict: true }, { category: undefined }, both],
  ])("%s", (_name, name, groups, options, expected, of = rules) => {
    expect(sortUser({ name, groups }, of, { ...usual, ...options })).toMatchObject(expected);
  });

  test("without forceCommon the common groups are skipped", () => {
    const free = { ...rules, forceCommon: false };
    expect(sortUser({ name: "Headless-x", groups: [] }, free, usual).add).toEqual([
      "AllHeadlessUsers",
    ]);
  });

  test("rules hold only for a user with one category and all common groups", () => {
    const sorted = (groups: readonly string[]) => sortUser({ name: "zoe", groups }, rules, usual);
    expect(followsRules(sorted(["AllUsers", "AllHumanUsers"]))).toBe(true);
    expect(followsRules(sorted(["AllUsers"]))).toBe(false);
    expect(followsRules(sorted(["AllHumanUsers"]))).toBe(false);
    expect(followsRules(sorted(["AllUsers", "AllHumanUsers", "AllHeadlessUsers"]))).toBe(false);
  });

  test("without categories no user needs one", () => {
    const none = { ...rules, categories: [] };
    const sorted = sortUser({ name: "zoe", groups: [] }, none, usual);
    expect(sorted).toMatchObject({ add: ["AllUsers"], category: undefined, needsCategory: false });
    expect(sortingLines([sorted])).toEqual(["zoe: join AllUsers"]);
    expect(sortCommand([sorted], sort)).toBe("awst admin group sort");
    expect(followsRules(sortUser({ name: "zoe", groups: ["AllUsers"] }, none, usual))).toBe(true);
  });
});

describe("what a hint names sorts the user", () => {
  const two = ["AllUsers", "AllHumanUsers", "AllHeadlessUsers"];
  test.each<[string, readonly string[], string]>([
    ["Headless-x", [], "awst admin group sort"],
    ["zoe", [], "awst admin group sort --default-category GROUP"],
    ["Headless-x", two, "awst admin group sort --fix"],
    ["zoe", two, "awst admin group sort --fix --default-category GROUP"],
    ["zoe", ["AllHumanUsers"], "awst admin group sort"],
  ])("%s in %o: %s", (name, groups, line) => {
    const found = sortUser({ name, groups }, rules, { ...usual, fix: true });
    expect(sortCommand([found], sort)).toBe(line);
    const options = {
      ...usual,
      fix: line.includes("--fix"),
      defaultCategory: line.includes("GROUP") ? "AllHumanUsers" : undefined,
    };
    const { add, remove } = sortUser({ name, groups }, rules, options);
    const after = [...groups.filter((group) => !remove.includes(group)), ...add];
    expect(followsRules(sortUser({ name, groups: after }, rules, usual))).toBe(true);
  });

  test("a hint keeps what was typed, but --strict, which leaves users open", () => {
    const found = sortUser({ name: "Headless-x", groups: two }, rules, { ...usual, fix: true });
    const typed = [...sort, "--recipes", "my rules.json", "--fix", "--strict", "--dry-run"];
    expect(sortCommand([found], typed)).toBe(
      'awst admin group sort --recipes "my rules.json" --fix --dry-run',
    );
  });
});

test("a default category is one of the rules, in their spelling", () => {
  expect(findCategory(rules, "allhumanusers")).toBe("AllHumanUsers");
  expect(() => findCategory(rules, "Nope")).toThrow('"Nope" is not a category');
  expect(() => findCategory(rules, "AllUsers")).toThrow('"AllUsers" is not a category');
});

describe("Python's patterns", () => {
  test.each<[string, string, boolean | undefined]>([
    ["Headless-", "Headless-x", true],
    ["Headless-", "a-Headless-x", false],
    ["^Headless-(.*)", "Headless-", true],
    ["(?i)headless", "HEADLESS-x", true],
    ["(?P<kind>[a-z]+)-(?P=kind)$", "ab-ab", true],
    ["(?P<kind>[a-z]+)-(?P=kind)$", "ab-ba", false],
    ["a|b", "b1", true],
    ["a|b", "cb", false],
    ["\\Auser\\Z", "user", true],
    ["\\Auser\\Z", "user1", false],
    ["(?x) a b", "ab", undefined],
    ["(unclosed", "x", undefined],
    ["(?L)x", "x", undefined],
    ["a(?i)b", "ab", undefined],
  ])("%s on %s", (source, name, expected) => {
    expect(pythonPattern(source)?.test(name)).toBe(expected);
  });
});

test.each([
  ["not JSON", "{", /not JSON/],
  ["lists of other lengths", '{"category_groups":["A"],"category_regex":[]}', /0 entries/],
  ["no list", '{"common_groups":"A"}', /common_groups/],
  ["a pattern", '{"category_groups":["A","B"],"category_regex":["","(x"]}', /entry 2/],
  ["no truth", '{"force_common_group":"yes"}', /force_common_group/],
])("%s is an error that names the place", (_name, text, message) => {
  expect(() => parseRecipes(text, "r.json")).toThrow(message);
});
