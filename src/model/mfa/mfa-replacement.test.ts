import { describe, expect, test } from "vitest";
import {
  nextReplacementStep,
  type ReplacementFacts,
  type ReplacementStep,
} from "./mfa-replacement.ts";

type Order = ReplacementFacts["order"];
type Old = ReplacementFacts["old"];

const yes = true;
const no = false;

test.each<[Order, Old, boolean, boolean, boolean, ReplacementStep]>([
  // order, old, new ready, new begun, stuck
  ["new-first", "enabled", no, no, no, "enrol"],
  ["new-first", "enabled", no, yes, no, "enrol"],
  ["new-first", "gone", no, no, no, "enrol"],
  ["new-first", "enabled", yes, no, no, "deactivate-old"],
  ["new-first", "unassigned", yes, no, no, "delete-old"],
  ["new-first", "unassigned", yes, no, yes, "done"],
  ["new-first", "gone", yes, no, no, "done"],
  ["same-name", "enabled", no, no, no, "deactivate-old"],
  ["same-name", "unassigned", no, no, no, "delete-old"],
  ["same-name", "unassigned", no, no, yes, "restore-old"],
  ["same-name", "gone", no, no, no, "enrol"],
  // What is seen under the name is the new one.
  ["same-name", "enabled", no, yes, no, "enrol"],
  ["same-name", "unassigned", no, yes, no, "enrol"],
  ["same-name", "enabled", yes, no, no, "done"],
])("%s, the old one %s, new ready %s, begun %s, stuck %s: %s", (...row) => {
  const [order, old, isNewReady, isNewBegun, isStuck, step] = row;
  expect(nextReplacementStep({ order, old, isNewReady, isNewBegun, isStuck })).toBe(step);
});

describe("never below one working device", () => {
  test("with the new one first, the old one is left alone until the new one is proved", () => {
    for (const old of ["enabled", "unassigned", "gone"] as const)
      for (const isNewBegun of [false, true])
        for (const isStuck of [false, true]) {
          const facts = {
            order: "new-first",
            old,
            isNewReady: false,
            isNewBegun,
            isStuck,
          } as const;
          expect(nextReplacementStep(facts)).toBe("enrol");
        }
  });
});
