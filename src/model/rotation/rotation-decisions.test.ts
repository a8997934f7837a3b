// The rarer decisions of a rotation: what a run does after a failure, when something is lost or missing, and at the exact
// ends of times.

import { describe, expect, test } from "vitest";
import {
  after,
  at,
  both,
  checked,
  facts,
  type GivenFacts,
  journal,
  known,
  made,
  noted,
  off,
  old,
  resting,
  stored,
  switched,
} from "../../../test/support/rotation-facts.ts";
import { initialRunFacts, isSwitched, nextStep, type RotatedKeys, type Step } from "./rotation.ts";

type DecisionTable = readonly [string, GivenFacts, Partial<Step> & { readonly do: Step["do"] }][];

function decides(table: DecisionTable): void {
  test.each(table)("%s", (_case, given, expected) => {
    expect(nextStep(facts(given))).toMatchObject(expected);
  });
}

const hand = { ...old, accessKeyId: "HAND" };
const byHand = { ...stored, current: "HAND", keys: [old, made, hand] };
const handVerified = { verified: ["HAND"] };
const end = { do: "end" } as const;
const cleanUp = { do: "clean-up" } as const;
const abandon = { do: "abandon" } as const;

describe("a step that changes the next decision is done once: a repetition means that the state can't be written", () => {
  const undone = checked({ isUndone: true });
  decides([
    ["restore", { current: undefined, previous: "OLD", run: { doneSteps: ["restore"] } }, end],
    [
      "start-undo",
      { ...resting, request: "undo", run: { ...noted, doneSteps: ["start-undo"] } },
      end,
    ],
    [
      "cancel-undo",
      {
        ...resting,
        journal: undone,
        run: { ...noted, rejected: ["OLD"], doneSteps: ["cancel-undo"] },
      },
      end,
    ],
    ["clean-up", { ...resting, keys: [made], run: { ...noted, doneSteps: ["clean-up"] } }, end],
    [
      "abandon",
      { ...byHand, current: "HAND", previous: "OLD", run: { doneSteps: ["abandon"] } },
      end,
    ],
    [
      "another step, such as verify, is repeated",
      { ...stored, run: { doneSteps: ["verify"] } },
      { do: "verify", key: "NEW" },
    ],
  ]);
});

describe("without a rotation", () => {
  decides([
    ["nothing is resumed", { request: "resume" }, end],
    ["undo, once it is done", { request: "undo", run: { deleted: ["NEW"] } }, end],
    ["only a copy of the key in use is left, as next key", { next: "OLD" }, cleanUp],
    ["as old as asked for is not young", { minimumAgeSeconds: 9e6 }, { do: "record-intent" }],
  ]);
});

describe("no key was created, or its response was lost", () => {
  const rollingBack = (createFailure: "quota" | "nothing-done") => ({
    isRollingBack: true,
    createFailure,
  });
  decides([
    [
      "the quota of keys is reached: a lost key may be there",
      { journal: journal(), run: rollingBack("quota") },
      { do: "list-again" },
    ],
    ["AWS created nothing", { journal: journal(), run: rollingBack("nothing-done") }, cleanUp],
    [
      "a run that does not roll back does not list again",
      { request: "resume", journal: journal(), run: { createFailure: "unknown" } },
      cleanUp,
    ],
  ]);
});

describe("rolling back", () => {
  const gone = { keys: [old], next: "NEW", run: { isRollingBack: true } };
  const undone = switched({ isUndone: true, sessions: ["ASIA1"] });
  const deleted = { ...noted, deleted: ["NEW"] };
  const verifyOld = { do: "verify", key: "OLD" } as const;
  decides([
    ["the new key's secret is lost", { ...both, journal: known() }, verifyOld],
    [
      "a key that was in use: the references follow first",
      { ...stored, journal: checked({ isUndone: true }) },
      { do: "update-references", from: "NEW", to: "OLD" },
    ],
    ["not listed, created 2 min ago", { ...gone, journal: known({ madeAt: at(120) }) }, verifyOld],
    [
      "not listed, created more than 2 min ago: it is gone",
      { ...gone, journal: known({ madeAt: at(121) }) },
      cleanUp,
    ],
    [
      "listed, created more than 2 min ago",
      { ...gone, keys: [old, made], journal: known({ madeAt: at(1000) }) },
      verifyOld,
    ],
    [
      "not listed, created at an unknown time",
      { ...gone, journal: known({ madeAt: undefined }) },
      verifyOld,
    ],
    [
      "the sessions of the deleted key are checked",
      { ...stored, keys: [old], journal: undone, run: deleted },
      { do: "check-sessions", key: "NEW" },
    ],
    [
      "once",
      { ...stored, keys: [old], journal: { ...undone, areSessionsTested: true }, run: deleted },
      cleanUp,
    ],
  ]);
});

describe("after the switch", () => {
  const described = { ...noted, doneSteps: ["copy-description"] } as const;
  const waiting = { ...resting, request: "resume" } as const;
  const verifyNew = { do: "verify", key: "NEW" } as const;
  const noJournal = { journal: undefined };
  const bothDone = { ...noted, doneSteps: ["copy-description", "check-sessions"] } as const;
  decides([
    ["journal lost", { ...after, ...noJournal, run: noted }, { do: "copy-description" }],
    ["journal lost, described in this run", { ...after, ...noJournal, run: described }, verifyNew],
    [
      "journal lost, old key inactive",
      { ...resting, ...noJournal, run: described },
      { do: "check-sessions", key: "OLD" },
    ],
    ["journal lost, all is done", { ...waiting, ...noJournal, run: bothDone }, end],
    [
      "journal lost, without a grace period",
      { ...waiting, ...noJournal, graceSeconds: 0, run: { ...bothDone, verified: ["NEW"] } },
      { do: "delete", key: "OLD", whose: "old" },
    ],
    [
      "the description failed to be copied: it does not keep the old key active",
      {
        ...after,
        journal: switched({ description: undefined }),
        run: { ...noted, failedSteps: ["copy-description"] },
      },
      verifyNew,
    ],
    ["the new key is not listed yet", { ...after, keys: [old], run: noted }, verifyNew],
    [
      "the old key's deactivation failed, and it is inactive: its sessions are not checked",
      {
        ...waiting,
        journal: switched(),
        run: { ...noted, verified: ["NEW"], failedSteps: ["deactivate"] },
      },
      end,
    ],
    [
      "sessions checked in this run",
      { ...waiting, journal: switched(), run: { ...noted, doneSteps: ["check-sessions"] } },
      end,
    ],
    [
      "the check of the sessions failed, the old key is gone",
      {
        ...resting,
        keys: [made],
        journal: switched(),
        run: { ...noted, failedSteps: ["check-sessions"] },
      },
      cleanUp,
    ],
    [
      "the given grace period counts, not the journal's",
      { ...waiting, graceSeconds: 3600, journal: checked({ graceSeconds: 0 }), run: noted },
      end,
    ],
    [
      "at the end of the grace period",
      { ...waiting, journal: checked({ deactivatedAt: at(86_400) }), run: noted },
      verifyNew,
    ],
    [
      "rotate again, while the new key is not listed",
      { ...resting, keys: [off], run: noted },
      { do: "confirm-early-deletion", key: "OLD" },
    ],
  ]);
});

describe("undo", () => {
  const request = "undo";
  decides([
    [
      "journal lost",
      { ...after, journal: undefined, request, run: noted },
      { do: "start-undo", to: "OLD" },
    ],
    [
      "journal lost, old key gone",
      { ...after, journal: undefined, keys: [made], request, run: noted },
      { do: "refuse", why: "cannot-undo" },
    ],
  ]);
});

describe("another key was stored by hand", () => {
  decides([
    [
      "after the switch, by the journal",
      { ...byHand, journal: switched(), run: handVerified },
      abandon,
    ],
    [
      "after the switch, by the old key's copy",
      { ...byHand, previous: "OLD", run: handVerified },
      abandon,
    ],
    ["the new key is not listed", { ...byHand, keys: [old, hand], run: handVerified }, abandon],
    ["the new key was deleted", { ...byHand, run: { ...handVerified, deleted: ["NEW"] } }, abandon],
    ["before a key was created", { ...byHand, next: undefined, journal: journal() }, abandon],
  ]);
});

test.each<[string | undefined, RotatedKeys, boolean]>([
  ["OLD", { old: "OLD", new: "NEW" }, false],
  ["NEW", { old: "OLD", new: "NEW" }, true],
  ["HAND", { old: "OLD", new: "NEW" }, false],
  ["OLD", { old: "OLD", new: "OLD" }, false],
  [undefined, { old: "OLD", new: undefined }, false],
])("with %s in use, %j is switched: %s", (current, keys, expected) => {
  expect(isSwitched({ current }, keys)).toBe(expected);
});

test("a run starts with nothing done", () => {
  const { verified, rejected, deleted, absent, failedSteps, doneSteps } = initialRunFacts;
  expect([verified, rejected, deleted, absent, failedSteps, doneSteps].flat()).toEqual([]);
});
