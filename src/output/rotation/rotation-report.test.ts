import { describe, expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import { describeRotation, type RotationReport, rotationLines } from "./rotation-report.ts";

const now = new Date("2026-03-01T12:00:00Z");
const report: RotationReport = {
  identity: "main",
  outcome: "rotated",
  wasUnderWay: false,
  currentKeyId: "NEW",
  oldKeyId: "OLD",
  oldKeyState: "inactive",
  undoUntil: undefined,
  steps: [],
  waiting: [],
  remarks: [],
  failure: undefined,
};
const gone = { oldKeyId: undefined, oldKeyState: undefined };

describe("what a person is told", () => {
  test.each<[Partial<RotationReport>, readonly string[]]>([
    [
      {},
      [
        'NEW is the key of "main" now, in the place of OLD; OLD is inactive',
        "other machines that hold OLD need the new key: awst key add there",
      ],
    ],
    [
      {
        wasUnderWay: true,
        oldKeyState: "active",
        waiting: [{ step: "deactivate OLD", why: "the next MFA code" }],
      },
      [
        'NEW is the key of "main" now, in the place of OLD; OLD is still active',
        "an earlier run had begun; this one went on from there",
        "other machines that hold OLD need the new key: awst key add there",
        "still to do: deactivate OLD; it waits for: the next MFA code",
      ],
    ],
    [
      { outcome: "finished", oldKeyState: "deleted" },
      ["finished what an earlier run began: NEW is the key; OLD is deleted"],
    ],
    [
      { ...gone, outcome: "undone", steps: [{ do: "delete", key: "X", whose: "new" }] },
      ["undone: NEW is the key again", "X, the new one, was deleted"],
    ],
    [
      { ...gone, outcome: "rolled-back", steps: [{ do: "delete", key: "X", whose: "leftover" }] },
      [
        "took back what an earlier run began: NEW is the key",
        "X, which a lost answer had left behind, was deleted",
      ],
    ],
    [
      { ...gone, outcome: "rolled-back", failure: new AwstError("KEYCHAIN_REFUSED", "no") },
      ["taken back: NEW stays the key"],
    ],
    [{ ...gone, outcome: "young" }, ["NEW is not that old: nothing to do"]],
    [{ ...gone, outcome: "nothing" }, ["no rotation is under way: NEW is the key"]],
    [
      { ...gone, outcome: "meanwhile" },
      ["another awst replaced the key meanwhile: NEW is the key now"],
    ],
    [{ ...gone, outcome: "planned" }, ["there is nothing to do"]],
    [
      { outcome: "waiting", undoUntil: new Date("2026-03-01T11:00:00Z") },
      ["NEW is the key; OLD is inactive"],
    ],
    [
      { ...gone, outcome: "nothing", remarks: ["a remark"] },
      ["no rotation is under way: NEW is the key", "a remark"],
    ],
  ])("%j", (more, lines) => {
    expect(rotationLines({ ...report, ...more }, now)).toEqual(lines);
  });

  test("until when undo works", () => {
    const undoUntil = new Date("2026-03-02T11:00:00Z");
    expect(rotationLines({ ...report, undoUntil }, now)).toContainEqual(
      expect.stringMatching(/^undo works until .* \(in 23 h\): awst key rotate --undo$/),
    );
  });
});

test("what a program is told", () => {
  const failure = new AwstError("AWS_DENIED", "no");
  const steps = [{ do: "record-intent" }, { do: "delete", key: "X", whose: "new" }] as const;
  expect(describeRotation({ ...report, failure, steps, undoUntil: now })).toEqual({
    version: 1,
    identity: "main",
    outcome: "rotated",
    wasUnderWay: false,
    heldKeyId: "NEW",
    oldKeyId: "OLD",
    oldKeyState: "inactive",
    undoUntil: "2026-03-01T12:00:00Z",
    steps: [
      { step: "record-intent", key: null },
      { step: "delete", key: "X" },
    ],
    waiting: [],
    remarks: [],
    failure: "no",
  });
});
