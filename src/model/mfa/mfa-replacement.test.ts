import { expect, test } from "vitest";
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
  // order, old, new verified, new started, deletion denied
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
  // The device of that name is now the new one.
  ["same-name", "enabled", no, yes, no, "enrol"],
  ["same-name", "unassigned", no, yes, no, "enrol"],
  ["same-name", "enabled", yes, no, no, "done"],
])("%s, old %s, new verified %s, new started %s, deletion denied %s: %s", (...row) => {
  const [order, old, isNewVerified, isNewStarted, deletionDenied, step] = row;
  const facts = { order, old, isNewVerified, isNewStarted, deletionDenied };
  expect(nextReplacementStep(facts)).toBe(step);
});

test("with the new device first, the old one is not touched before the new one is verified", () => {
  for (const old of ["enabled", "unassigned", "gone"] as const)
    for (const isNewStarted of [false, true])
      for (const deletionDenied of [false, true]) {
        const facts = { order: "new-first", old, isNewVerified: false } as const;
        expect(nextReplacementStep({ ...facts, isNewStarted, deletionDenied })).toBe("enrol");
      }
});
