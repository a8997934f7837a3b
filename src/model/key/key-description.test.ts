import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changesNothing,
  checkDescription,
  descriptionOf,
  descriptionProblem,
  moveDescription,
  type TagChanges,
  type Tags,
} from "./key-description.ts";

const id = "AKIAIOSFODNN7EXAMPLE";
const other = "AKIAIOSFODNN7EXAMPL2";

describe("descriptionProblem", () => {
  test.each([
    "",
    "laptop",
    "Büro-Rechner im 3. Stock",
    "ci: build/deploy = yes + no_no @home",
    "鍵　その一",
    "a\u00a0b",
    "x".repeat(256),
    "not aws: in front",
    "𝒜".repeat(256),
  ])("%j", (text) => {
    expect(descriptionProblem(text)).toBeUndefined();
    expect(() => checkDescription(text)).not.toThrow();
  });

  test.each([
    ["laptop #2", 'contains "#" (U+0023); AWS allows letters'],
    ["bob's", 'contains "\'" (U+0027)'],
    ["(old)", 'contains "(" (U+0028)'],
    ["a, b", 'contains "," (U+002C)'],
    ["two\nlines", "contains a line break (U+000A)"],
    ["tab\there", "contains a tab (U+0009)"],
    ["nul\0", "contains a character (U+0000)"],
    ["zero\u200bwidth", "contains a character (U+200B)"],
    ["key 🔑", 'contains "🔑" (U+1F511)'],
    ["half \ud83d", "contains a character (U+D83D)"],
    ["x".repeat(257), "has 257 characters; AWS allows 256"],
    ["aws:mine", "starts with aws:, which AWS reserves"],
    ["AWS:mine", "starts with aws:"],
  ])("rejects %j", (text, problem) => {
    expect(descriptionProblem(text)).toContain(problem);
    expect(() => checkDescription(text)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringContaining(`the description ${problem}`),
      }),
    );
  });
});

describe("tags", () => {
  /** The tags after the changes, as AWS would list them. */
  const withChanges = (tags: Tags, { set, remove }: TagChanges): Tags => {
    const changed = [...remove, ...Object.keys(set)].map((name) => name.toLowerCase());
    const unchanged = Object.entries(tags).filter(
      ([name]) => !changed.includes(name.toLowerCase()),
    );
    return { ...Object.fromEntries(unchanged), ...set };
  };

  test("descriptionOf: ignores case", () => {
    expect(descriptionOf({ team: "x", [id.toLowerCase()]: "laptop" }, id)).toBe("laptop");
    expect(descriptionOf({ team: "x" }, id)).toBeUndefined();
    expect(descriptionOf({ [id]: "" }, id)).toBeUndefined();
  });

  test("moveDescription: sets the new tag, removes the old one", () => {
    const tags = { team: "x", [id.toLowerCase()]: "laptop" };
    const changes = moveDescription(tags, id, other);
    expect(changes).toEqual({ set: { [other]: "laptop" }, remove: [id.toLowerCase()] });
    expect(withChanges(tags, changes)).toEqual({ team: "x", [other]: "laptop" });
  });

  test("moveDescription: a description of the new key stays", () => {
    const changes = moveDescription({ [id]: "old", [other]: "new" }, id, other);
    expect(changes).toEqual({ set: {}, remove: [id] });
  });

  test("moveDescription: nothing without a description", () => {
    expect(changesNothing(moveDescription({ team: "x" }, id, other))).toBe(true);
  });

  const tagsOf = fc.dictionary(
    fc.constantFrom("team", id, id.toLowerCase(), other, "AKIAiosfodnn7example"),
    fc.string({ maxLength: 5 }),
  );

  test("moveDescription: twice equals once", () => {
    fc.assert(
      fc.property(tagsOf, (tags) => {
        const once = withChanges(tags, moveDescription(tags, id, other));
        expect(changesNothing(moveDescription(once, id, other))).toBe(true);
        const expected = descriptionOf(tags, other) ?? descriptionOf(tags, id);
        expect(descriptionOf(once, other)).toBe(expected);
        expect(descriptionOf(once, id)).toBeUndefined();
      }),
    );
  });
});
