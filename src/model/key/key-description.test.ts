import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changesNothing,
  checkDescription,
  describeKey,
  descriptionComplaint,
  descriptionOf,
  moveDescription,
  type Tags,
  withChanges,
} from "./key-description.ts";

const id = "AKIAIOSFODNN7EXAMPLE";
const other = "AKIAIOSFODNN7EXAMPL2";

describe("what AWS takes", () => {
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
    expect(descriptionComplaint(text)).toBeUndefined();
    expect(() => checkDescription(text)).not.toThrow();
  });

  test.each([
    ["laptop #2", 'has "#" (U+0023), which AWS does not take'],
    ["bob's", 'has "\'" (U+0027)'],
    ["(old)", 'has "(" (U+0028)'],
    ["a, b", 'has "," (U+002C)'],
    ["two\nlines", "has a line break (U+000A)"],
    ["tab\there", "has a tab (U+0009)"],
    ["nul\0", "has a character (U+0000)"],
    ["zero\u200bwidth", "has a character (U+200B)"],
    ["key 🔑", 'has "🔑" (U+1F511)'],
    ["half \ud83d", "has a character (U+D83D)"],
    ["x".repeat(257), "has 257 characters: AWS takes 256"],
    ["aws:mine", "begins with aws:, which is AWS's own"],
    ["AWS:mine", "begins with aws:"],
  ])("not %j", (text, complaint) => {
    expect(descriptionComplaint(text)).toContain(complaint);
    expect(() => checkDescription(text)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringContaining(`the description ${complaint}`),
      }),
    );
  });
});

describe("tags", () => {
  test("the key's own is found whatever its case", () => {
    expect(descriptionOf({ team: "x", [id.toLowerCase()]: "laptop" }, id)).toBe("laptop");
    expect(descriptionOf({ team: "x" }, id)).toBeUndefined();
    expect(descriptionOf({ [id]: "" }, id)).toBeUndefined();
  });

  test.each<[string, Tags, string, ReturnType<typeof describeKey>]>([
    ["set", {}, "laptop", { set: { [id]: "laptop" }, remove: [] }],
    ["changed", { [id]: "desk" }, "laptop", { set: { [id]: "laptop" }, remove: [] }],
    ["as it is", { [id.toLowerCase()]: "laptop" }, "laptop", { set: {}, remove: [] }],
    ["taken away", { [id.toLowerCase()]: "x" }, "", { set: {}, remove: [id.toLowerCase()] }],
    ["nothing to take away", { team: "x" }, "", { set: {}, remove: [] }],
  ])("a description %s", (_, tags, text, changes) => {
    expect(describeKey(tags, id, text)).toEqual(changes);
  });

  test("move: set, then the old one removed", () => {
    const tags = { team: "x", [id.toLowerCase()]: "laptop" };
    const changes = moveDescription(tags, id, other);
    expect(changes).toEqual({ set: { [other]: "laptop" }, remove: [id.toLowerCase()] });
    expect(withChanges(tags, changes)).toEqual({ team: "x", [other]: "laptop" });
  });

  test("move over one that was given meanwhile: that one stays", () => {
    const changes = moveDescription({ [id]: "old", [other]: "new" }, id, other);
    expect(changes).toEqual({ set: {}, remove: [id] });
  });

  test("move without one: nothing", () => {
    expect(changesNothing(moveDescription({ team: "x" }, id, other))).toBe(true);
  });

  const tagsOf = fc.dictionary(
    fc.constantFrom("team", id, id.toLowerCase(), other, "AKIAiosfodnn7example"),
    fc.string({ maxLength: 5 }),
  );

  test("moving is the same done once or twice", () => {
    fc.assert(
      fc.property(tagsOf, (tags) => {
        const once = withChanges(tags, moveDescription(tags, id, other));
        expect(changesNothing(moveDescription(once, id, other))).toBe(true);
        const kept = descriptionOf(tags, other) ?? descriptionOf(tags, id);
        expect(descriptionOf(once, other)).toBe(kept);
        expect(descriptionOf(once, id)).toBeUndefined();
      }),
    );
  });

  test("what was described is what is read", () => {
    fc.assert(
      fc.property(tagsOf, fc.string(), (tags, text) => {
        const after = withChanges(tags, describeKey(tags, id, text));
        expect(descriptionOf(after, id)).toBe(text === "" ? undefined : text);
      }),
    );
  });
});
