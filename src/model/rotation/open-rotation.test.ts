import { describe, expect, test } from "vitest";
import { isUnfinished, openRotation, rotationProblem } from "./open-rotation.ts";
import { emptyJournal, type RotationJournal } from "./rotation-journal.ts";

const [old, fresh] = ["AKIAOLDOLDOLDOLDOLDO", "AKIANEWNEWNEWNEWNEWN"];
const start = "2026-03-01T12:00:00.000Z";
const hours = (count: number) => new Date(Date.parse(start) + count * 3_600_000);
const hour = 3600;

interface JournalRow {
  readonly name: string;
  readonly journal: Partial<RotationJournal>;
  readonly after: number;
  readonly state: string;
  /** undefined: nothing that a user has to know. */
  readonly message: RegExp | undefined;
}

const switched = { newKeyId: fresh, switchedAt: start };
const deactivated = { ...switched, deactivatedAt: start, graceSeconds: 24 * hour };
const denied = { ...switched, isDeactivationDenied: true, graceSeconds: 24 * hour };

const rows: readonly JournalRow[] = [
  {
    name: "killed while AWS created a key",
    journal: { intents: [start] },
    after: 0,
    state: "creating",
    message: /AKIAOLD\w+ is in use, and AWS may have created a second active key/,
  },
  {
    name: "the same, days later",
    journal: { intents: [start] },
    after: 72,
    state: "creating",
    message: /may have created/,
  },
  {
    name: "no intent is left: a lost response",
    journal: {},
    after: 1,
    state: "creating",
    message: /may have created/,
  },
  {
    name: "the new key was stored",
    journal: { newKeyId: fresh },
    after: 0,
    state: "created",
    message: /AKIAOLD\w+ is in use, and the new key AKIANEW\w+ is active too/,
  },
  {
    name: "the new key is in use",
    journal: switched,
    after: 0,
    state: "switched",
    message: /AKIANEW\w+ is in use, and the old key AKIAOLD\w+ is still active/,
  },
  {
    name: "the new key is in use, and its id is unknown",
    journal: { switchedAt: start },
    after: 0,
    state: "switched",
    message: /the new key is in use/,
  },
  {
    name: "an undo was interrupted",
    journal: { ...switched, isUndone: true },
    after: 0,
    state: "undoing",
    message: /AKIAOLD\w+ is being restored/,
  },
  {
    name: "within the grace period",
    journal: deactivated,
    after: 23,
    state: "grace",
    message: undefined,
  },
  { name: "just after it", journal: deactivated, after: 25, state: "overdue", message: undefined },
  {
    name: "a day after it",
    journal: deactivated,
    after: 49,
    state: "overdue",
    message: /AKIAOLD\w+, an access key of "main-account".* should be deleted/,
  },
  {
    name: "never deactivated, within the grace period",
    journal: denied,
    after: 1,
    state: "grace",
    message: undefined,
  },
  {
    name: "never deactivated, after it",
    journal: denied,
    after: 49,
    state: "overdue",
    message: /deleted/,
  },
  {
    name: "a grace period of 0",
    journal: { ...deactivated, graceSeconds: 0 },
    after: 0,
    state: "overdue",
    message: undefined,
  },
];

describe("a journal", () => {
  test.each(rows)("$name: $state", ({ journal, after, state, message }) => {
    const awsNow = hours(after);
    const open = openRotation("main-account", { ...emptyJournal(old, hour), ...journal }, awsNow);
    expect(open?.state).toBe(state);
    if (open === undefined) throw new Error("not open");
    const problem = rotationProblem(open, awsNow);
    if (message === undefined) expect(problem).toBeUndefined();
    else expect(problem?.message).toMatch(message);
    expect(problem?.hint ?? "awst key rotate --resume --identity main-account").toBe(
      "awst key rotate --resume --identity main-account",
    );
    expect(isUnfinished(open)).toBe(!["grace", "overdue"].includes(state));
  });
});

test("no journal: no open rotation", () => {
  expect(openRotation("main-account", undefined, hours(0))).toBeUndefined();
});

test("control characters of a forged journal are not printed", () => {
  const journal = { ...emptyJournal("AKIA\u001b[2J", hour), newKeyId: "\n\u009b" };
  const open = openRotation("main-account", journal, hours(0));
  const text = open && rotationProblem(open, hours(0))?.message;
  expect(text).not.toMatch(/\p{Cc}/u);
});
