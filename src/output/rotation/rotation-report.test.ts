import { describe, expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import { type RotationReport, rotationJson, rotationLines } from "./rotation-report.ts";

const now = new Date("2026-03-01T12:00:00Z");
const report: RotationReport = {
  identity: "main",
  result: "rotated",
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

describe("rotationLines()", () => {
  test.each<[Partial<RotationReport>, readonly string[]]>([
    [
      {},
      [
        'rotated the access key of "main": NEW is active, OLD is inactive',
        "other machines that use OLD need the new key: run `awst key add` there",
      ],
    ],
    [
      {
        wasUnderWay: true,
        oldKeyState: "active",
        waiting: [{ step: "deactivate OLD", why: "the next MFA code" }],
      },
      [
        'rotated the access key of "main": NEW is active, OLD is still active',
        "this run completed a rotation that an earlier run started",
        "other machines that use OLD need the new key: run `awst key add` there",
        "still to do: deactivate OLD (needs the next MFA code)",
      ],
    ],
    [
      { result: "finished", oldKeyState: "deleted" },
      ["completed the rotation that an earlier run started: NEW is active, OLD is deleted"],
    ],
    [
      { ...gone, result: "undone", steps: [{ do: "delete", key: "X", whose: "new" }] },
      ["undid the rotation: NEW is the key in use again", "deleted X, the new key"],
    ],
    [
      { ...gone, result: "rolled-back", steps: [{ do: "delete", key: "X", whose: "leftover" }] },
      [
        "rolled back the rotation that an earlier run started: NEW is the key in use",
        "deleted X, which AWS created although its response was lost",
      ],
    ],
    [
      { ...gone, result: "rolled-back", failure: new AwstError("KEYCHAIN_REFUSED", "no") },
      ["rolled back the rotation: NEW is still the key in use"],
    ],
    [{ ...gone, result: "young" }, ["NEW is not due for rotation"]],
    [{ ...gone, result: "nothing" }, ["no rotation is in progress: NEW is the key in use"]],
    [
      { ...gone, result: "meanwhile" },
      ["another awst process rotated the key: NEW is the key in use"],
    ],
    [{ ...gone, result: "planned" }, ["nothing to do"]],
    [
      { result: "waiting", undoUntil: new Date("2026-03-01T11:00:00Z") },
      ["the last rotation is complete: NEW is active, OLD is inactive"],
    ],
    [
      { result: "waiting", oldKeyState: "active" },
      ["a rotation is in progress: NEW is active, OLD is still active"],
    ],
    [
      { result: "waiting", waiting: [{ step: "delete OLD", why: "the next MFA code" }] },
      [
        "a rotation is in progress: NEW is active, OLD is inactive",
        "still to do: delete OLD (needs the next MFA code)",
      ],
    ],
    [
      { result: "rotated", wasUnderWay: true, steps: [{ do: "record-intent" }] as never },
      [
        'rotated the access key of "main": NEW is active, OLD is inactive',
        "other machines that use OLD need the new key: run `awst key add` there",
      ],
    ],
    [
      { ...gone, result: "nothing", remarks: ["a remark"] },
      ["no rotation is in progress: NEW is the key in use", "a remark"],
    ],
  ])("%j", (more, lines) => {
    expect(rotationLines({ ...report, ...more }, now)).toEqual(lines);
  });

  test("the time until which undo is possible", () => {
    const undoUntil = new Date("2026-03-02T11:00:00Z");
    expect(rotationLines({ ...report, undoUntil }, now)).toContainEqual(
      expect.stringMatching(/^undo is possible until .* \(in 23 h\): awst key rotate --undo$/),
    );
  });
});

test("describeRotation() has every field", () => {
  const failure = new AwstError("AWS_DENIED", "no");
  const steps = [{ do: "record-intent" }, { do: "delete", key: "X", whose: "new" }] as const;
  expect(rotationJson({ ...report, failure, steps, undoUntil: now })).toEqual({
    identity: "main",
    result: "rotated",
    wasUnderWay: false,
    currentKeyId: "NEW",
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
