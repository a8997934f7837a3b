import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromJson, toJson } from "../../../test/support/state-files.ts";
import {
  emptyJournal,
  graceEnd,
  hasPendingWork,
  isCreatedByIntent,
  journalFile,
  maxGraceSeconds,
  mayKeyStillAppear,
  type RotationJournal,
  withoutIntentOf,
} from "./rotation-journal.ts";

const file = journalFile("main-account");
const intent = "2026-03-01T12:00:00.700Z";
const at = (seconds: number) => new Date(Date.parse("2026-03-01T12:00:00Z") + seconds * 1000);
const journal: RotationJournal = { ...emptyJournal("OLD"), listed: ["OLD"], intents: [intent] };

test("journalFile: what is written is read back", () => {
  const time = fc.option(
    fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString()),
    { nil: undefined },
  );
  const any = fc.record({
    oldKeyId: fc.string(),
    newKeyId: fc.option(fc.string(), { nil: undefined }),
    madeAt: time,
    listed: fc.array(fc.string()),
    intents: fc.array(fc.string()),
    graceSeconds: fc.nat(maxGraceSeconds),
    switchedAt: time,
    deactivatedAt: time,
    sessions: fc.array(fc.string()),
  });
  fc.assert(
    fc.property(any, (written) => {
      expect(fromJson(file, toJson(file, written))).toEqual(written);
    }),
  );
});

test.each([
  null,
  undefined,
  "text",
  {},
  { version: 2, ...journal },
  { version: 1, ...journal, intents: undefined },
  { version: 1, ...journal, listed: [1] },
  { version: 1, ...journal, switchedAt: "yesterday" },
])("journalFile: %j is no journal", (value) => {
  expect(fromJson(file, value)).toBeUndefined();
});

test("journalFile: no journal is written as null", () => {
  expect(toJson(file, undefined)).toBeNull();
});

describe("isCreatedByIntent", () => {
  test.each([
    [-1, false],
    [0, true],
    [120, true],
    [121, false],
  ])("a key created %i s after the intent: %s", (seconds, expected) => {
    const key = { accessKeyId: "X", status: "Active", createdAt: at(seconds) } as const;
    expect(isCreatedByIntent(journal, key)).toBe(expected);
    expect(isCreatedByIntent({ ...journal, listed: ["OLD", "X"] }, key)).toBe(false);
  });
});

test.each([
  [0, true],
  [120, true],
  [121, false],
])("mayKeyStillAppear: %i s after the intent: %s", (seconds, expected) => {
  expect(mayKeyStillAppear(journal, at(seconds))).toBe(expected);
  expect(mayKeyStillAppear({ ...journal, intents: [] }, at(seconds))).toBe(false);
});

test("withoutIntentOf: removes the last intent before the key", () => {
  const intents = [at(0), at(10), at(20)].map((time) => time.toISOString());
  expect(withoutIntentOf({ ...journal, intents }, at(15))).toEqual([intents[0], intents[2]]);
});

test.each([-1, 1.5, maxGraceSeconds + 1, 1e308, Number.NaN, "86400", null])(
  "journalFile: a grace period of %s is damaged",
  (graceSeconds) => {
    const stored = { ...journal, graceSeconds, version: 1 };
    expect(fromJson(file, JSON.parse(JSON.stringify(stored)))).toBeUndefined();
  },
);

test("graceEnd: counts from the deactivation, else from the switch; --grace overrides the journal", () => {
  const switchedAt = at(0).toISOString();
  expect(graceEnd({ ...journal, switchedAt })).toEqual(at(86_400));
  expect(graceEnd({ ...journal, switchedAt, deactivatedAt: at(5).toISOString() })).toEqual(
    at(86_405),
  );
  expect(graceEnd({ ...journal, switchedAt }, 60)).toEqual(at(60));
  expect(graceEnd(journal)).toBeUndefined();
});

describe("hasPendingWork", () => {
  const switched = {
    ...journal,
    newKeyId: "NEW",
    switchedAt: at(0).toISOString(),
    description: "none",
  } as const;
  const resting = { ...switched, deactivatedAt: at(0).toISOString(), areSessionsTested: true };
  test.each<[string, RotationJournal | undefined, number, boolean]>([
    ["without a journal", undefined, 0, false],
    ["after an intent", journal, 0, true],
    ["after the switch", switched, 0, true],
    ["in the grace period", resting, 86_399, false],
    ["after the grace period", resting, 86_400, true],
    ["during an undo", { ...resting, isUndone: true }, 0, true],
    ["sessions not checked", { ...resting, areSessionsTested: false }, 0, true],
    ["description not copied", { ...resting, description: undefined }, 0, true],
  ])("%s", (_name, each, seconds, expected) => {
    expect(hasPendingWork(each, at(seconds))).toBe(expected);
  });
});
