import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  after,
  ago,
  at,
  both,
  checked,
  facts,
  type GivenFacts,
  journal,
  known,
  lost,
  made,
  noted,
  now,
  off,
  old,
  other,
  resting,
  stored,
  switched,
} from "../../../test/support/rotation-facts.ts";
import { initialRunFacts, nextStep, type Step } from "./rotation.ts";
import { graceEnd } from "./rotation-journal.ts";
import { planSteps } from "./step-results.ts";

const table: readonly [string, GivenFacts, Partial<Step> & { readonly do: Step["do"] }][] = [
  ["no rotation", {}, { do: "record-intent" }],
  [
    "the intent is recorded",
    { journal: journal({ intents: [at(0)] }), run: { isIntentRecorded: true } },
    { do: "create" },
  ],
  [
    "an intent of an earlier run does not allow a create",
    { journal: journal({ intents: [at(1)] }) },
    { do: "record-intent" },
  ],
  [
    "created",
    { ...both, journal: journal(), run: { createdKeyId: "NEW" } },
    { do: "store", key: "NEW" },
  ],
  ["stored", stored, { do: "verify", key: "NEW" }],
  ["verified", { ...stored, run: { verified: ["NEW"] } }, { do: "switch", from: "OLD", to: "NEW" }],
  ["switched", after, { do: "update-references", from: "OLD", to: "NEW" }],
  [
    "references updated",
    { ...after, journal: switched({ description: undefined }), run: noted },
    { do: "copy-description" },
  ],
  ["description copied", { ...after, run: noted }, { do: "verify", key: "NEW" }],
  [
    "new key verified in this run",
    { ...after, run: { ...noted, verified: ["NEW"] } },
    { do: "deactivate", key: "OLD" },
  ],
  [
    "deactivated",
    { ...resting, journal: switched({ deactivatedAt: at(1) }), run: noted },
    { do: "check-sessions" },
  ],
  ["in the grace period", { ...resting, request: "resume", run: noted }, { do: "end" }],
  [
    "after the grace period",
    { ...resting, request: "resume", run: noted, journal: checked({ deactivatedAt: at(90_000) }) },
    { do: "verify", key: "NEW" },
  ],
  [
    "after the grace period, new key verified",
    { ...resting, request: "resume", graceSeconds: 0, run: { ...noted, verified: ["NEW"] } },
    { do: "delete", key: "OLD", whose: "old" },
  ],
  [
    "a lost key may still appear",
    {
      ...resting,
      request: "resume",
      graceSeconds: 0,
      journal: checked({ intents: [at(60)] }),
      run: { ...noted, verified: ["NEW"] },
    },
    { do: "end" },
  ],
  [
    "description not copied: no deletion",
    {
      ...resting,
      request: "resume",
      graceSeconds: 0,
      journal: checked({ description: undefined }),
      run: { ...noted, verified: ["NEW"], failedSteps: ["copy-description"] },
    },
    { do: "end" },
  ],
  ["deleted", { ...resting, keys: [made], run: noted }, { do: "clean-up" }],

  [
    "store failed",
    { ...both, journal: known(), run: { isRollingBack: true } },
    { do: "verify", key: "OLD" },
  ],
  [
    "store failed, old key verified",
    { ...both, journal: known(), run: { isRollingBack: true, verified: ["OLD"] } },
    { do: "delete", key: "NEW", whose: "new" },
  ],
  [
    "AWS rejects the new key",
    { ...stored, run: { isRollingBack: true, rejected: ["NEW"], verified: ["OLD"] } },
    { do: "delete", key: "NEW" },
  ],
  [
    "AWS rejects both keys: nothing is deleted",
    { ...stored, run: { isRollingBack: true, rejected: ["NEW", "OLD"] } },
    { do: "end" },
  ],
  [
    "rolling back, but the old key is inactive: forward",
    { ...stored, keys: [off, made], run: { isRollingBack: true } },
    { do: "verify", key: "NEW" },
  ],
  [
    "rolled back",
    { ...stored, run: { isRollingBack: true, deleted: ["NEW"] } },
    { do: "clean-up" },
  ],

  ["response lost", { ...lost }, { do: "check-last-use", key: "OTHER" }],
  [
    "response lost, key never used: awst's own",
    { ...lost, run: { lastUse: "unused", verified: ["OLD"] } },
    { do: "delete", key: "OTHER", whose: "leftover" },
  ],
  [
    "used: another program's key",
    { ...lost, run: { lastUse: "used" } },
    { do: "confirm-foreign-key", key: "OTHER" },
  ],
  [
    "listed before: foreign",
    { ...lost, journal: journal({ listed: ["OLD", "OTHER"], intents: [at(61)] }) },
    { do: "confirm-foreign-key" },
  ],
  [
    "created before the intent: foreign",
    { ...lost, journal: journal({ intents: [at(59)] }) },
    { do: "confirm-foreign-key" },
  ],
  [
    "created long after the intent: foreign",
    { ...lost, journal: journal({ intents: [at(181)] }) },
    { do: "confirm-foreign-key" },
  ],
  [
    "two unlisted keys: neither is awst's for certain",
    {
      keys: [old, other, { ...other, accessKeyId: "THIRD" }],
      journal: journal({ intents: [at(61)] }),
    },
    { do: "confirm-foreign-key" },
  ],
  [
    "no journal: every other key is foreign",
    { keys: [old, other] },
    { do: "confirm-foreign-key", key: "OTHER" },
  ],
  [
    "response lost, no key listed yet",
    {
      journal: journal({ intents: [at(1)] }),
      run: { isRollingBack: true, createFailure: "unknown" },
    },
    { do: "list-again" },
  ],
  [
    "response lost, no key after five lists: the next run lists again",
    {
      journal: journal({ intents: [at(1)] }),
      run: { isRollingBack: true, createFailure: "unknown", listRetries: 5 },
    },
    { do: "end" },
  ],
  [
    "response lost two minutes ago, no key: nothing was created",
    { request: "resume", journal: journal({ intents: [at(121)] }) },
    { do: "clean-up" },
  ],

  ["undo", { ...resting, request: "undo", run: noted }, { do: "start-undo", to: "OLD" }],
  [
    "undo recorded",
    { ...resting, journal: checked({ isUndone: true }), run: noted },
    { do: "reactivate", key: "OLD" },
  ],
  [
    "undo, old key active",
    { ...resting, keys: [old, made], journal: checked({ isUndone: true }), run: noted },
    { do: "verify", key: "OLD" },
  ],
  [
    "undo, old key verified",
    {
      ...resting,
      keys: [old, made],
      journal: checked({ isUndone: true }),
      run: { ...noted, verified: ["OLD"] },
    },
    { do: "switch-back", from: "NEW", to: "OLD" },
  ],
  [
    "undo, switched back",
    { ...stored, journal: checked({ isUndone: true }), run: { ...noted, verified: ["OLD"] } },
    { do: "delete", key: "NEW", whose: "new" },
  ],
  [
    "undo, but AWS rejects the old key",
    { ...resting, journal: checked({ isUndone: true }), run: { ...noted, rejected: ["OLD"] } },
    { do: "cancel-undo" },
  ],
  [
    "undo, but the old key is not in the keychain",
    { ...resting, previous: undefined, request: "undo", run: noted },
    { do: "refuse", why: "cannot-undo" },
  ],
  ["undo without a rotation", { request: "undo" }, { do: "refuse", why: "nothing-to-undo" }],
  [
    "undo before the switch: roll back",
    { ...stored, request: "undo", run: { verified: ["OLD"] } },
    { do: "delete", key: "NEW" },
  ],

  [
    "key in use missing, previous key stored",
    { current: undefined, previous: "OLD" },
    { do: "restore", from: "previous" },
  ],
  [
    "key in use missing, next key stored",
    { current: undefined, next: "NEW" },
    { do: "restore", from: "next" },
  ],
  ["no key stored", { current: undefined }, { do: "refuse", why: "key-absent" }],
  [
    "journal lost before the switch",
    { ...stored, journal: undefined },
    { do: "verify", key: "NEW" },
  ],
  [
    "journal lost after the switch",
    { ...after, journal: undefined },
    { do: "update-references", from: "OLD", to: "NEW" },
  ],
  ["only a copy is left", { previous: "OLD" }, { do: "clean-up" }],
  [
    "another key was stored by hand",
    { ...after, current: "HAND", keys: [old, made, { ...old, accessKeyId: "HAND" }] },
    { do: "abandon" },
  ],
  [
    "another key was stored by hand, new key never in use",
    { ...stored, current: "HAND", run: { verified: ["HAND"] } },
    { do: "delete", key: "NEW", whose: "new" },
  ],

  ["young", { minimumAgeSeconds: 1e7 }, { do: "end" }],
  [
    "young, in the grace period: undo stays possible",
    { ...resting, minimumAgeSeconds: 3600, run: noted },
    { do: "end" },
  ],
  [
    "rotate again in the grace period",
    { ...resting, run: noted },
    { do: "confirm-early-deletion", key: "OLD" },
  ],
  [
    "rotate again in the grace period, the user agreed",
    { ...resting, run: { ...noted, isEarlyDeletionConfirmed: true } },
    { do: "verify", key: "NEW" },
  ],
  [
    "rotate again in the grace period, with --yes",
    { ...resting, run: noted, earlyDeletion: "allowed" },
    { do: "verify", key: "NEW" },
  ],
  [
    "rotate again in the grace period, the user declined",
    { ...resting, run: { ...noted, failedSteps: ["confirm-early-deletion"] } },
    { do: "end" },
  ],
  [
    "rotate again in the grace period, unattended",
    { ...resting, run: noted, earlyDeletion: "refused" },
    { do: "end" },
  ],
  [
    "rotate again after the grace period, unattended",
    {
      ...resting,
      journal: checked({ deactivatedAt: at(90_000) }),
      run: noted,
      earlyDeletion: "refused",
    },
    { do: "verify", key: "NEW" },
  ],
  ["key in use inactive", { keys: [off] }, { do: "refuse", why: "key-inactive" }],
  ["key in use not listed", { keys: [] }, { do: "verify", key: "OLD" }],
  [
    "key in use not listed, AWS accepts it",
    { keys: [], run: { verified: ["OLD"] } },
    { do: "refuse", why: "key-unlisted" },
  ],
  [
    "new key inactive",
    { ...after, keys: [old, { ...made, status: "Inactive" }], run: noted },
    { do: "refuse", why: "key-inactive" },
  ],
  [
    "AWS rejects the new key after the switch",
    { ...after, run: { ...noted, rejected: ["NEW"] } },
    { do: "start-undo", to: "OLD" },
  ],
  [
    "AWS rejects both keys after the switch",
    { ...after, run: { ...noted, rejected: ["NEW", "OLD"] } },
    { do: "end" },
  ],
  [
    "AWS rejects the new key after the switch, the old one is not stored",
    { ...after, previous: undefined, run: { ...noted, rejected: ["NEW"] } },
    { do: "end" },
  ],
  [
    "new key inactive, an earlier run is completed",
    {
      ...after,
      request: "resume",
      keys: [old, { ...made, status: "Inactive" }],
      run: noted,
    },
    { do: "end" },
  ],
  [
    "a failed step is not repeated",
    { ...after, run: { ...noted, verified: ["NEW"], failedSteps: ["deactivate"] } },
    { do: "end" },
  ],
];

describe("nextStep", () => {
  test.each(table)("%s", (_name, given, expected) => {
    expect(nextStep(facts(given))).toMatchObject(expected);
  });
});

describe("planSteps, for any facts", () => {
  const id = fc.constantFrom(undefined, "OLD", "NEW", "OTHER");
  const time = fc.constantFrom(undefined, at(1), at(100), at(1000), at(100_000));
  const key = (accessKeyId: string) =>
    fc.record({
      accessKeyId: fc.constant(accessKeyId),
      status: fc.constantFrom("Active" as const, "Inactive" as const),
      createdAt: fc.constantFrom(ago(1), ago(99), ago(9e6)),
    });
  const keys = fc
    .tuple(key("OLD"), key("NEW"), key("OTHER"))
    .chain((all) => fc.subarray(all, { maxLength: 2 }));
  const anyJournal = fc.option(
    fc.record({
      oldKeyId: fc.constantFrom("OLD", "NEW"),
      newKeyId: id,
      madeAt: time,
      listed: fc.subarray(["OLD", "NEW", "OTHER"]),
      intents: fc.subarray([at(1), at(100), at(1000)]),
      graceSeconds: fc.constantFrom(0, 86_400),
      switchedAt: time,
      deactivatedAt: time,
      description: fc.constantFrom(undefined, "carried" as const, "denied" as const),
      sessions: fc.constantFrom([], ["ASIA"]),
      areSessionsTested: fc.boolean(),
      isUndone: fc.boolean(),
    }),
    { nil: undefined },
  );
  const anything = fc.record({
    request: fc.constantFrom("rotate" as const, "resume" as const, "undo" as const),
    now: fc.constant(now),
    graceSeconds: fc.constantFrom(undefined, 0),
    minimumAgeSeconds: fc.constantFrom(0, 3600),
    earlyDeletion: fc.constantFrom("allowed" as const, "ask" as const, "refused" as const),
    keys,
    current: id,
    next: id,
    previous: id,
    journal: anyJournal,
    run: fc.constant(initialRunFacts),
  });

  test("the steps end, and no key is deleted unless another key is in use and verified", () => {
    fc.assert(
      fc.property(anything, (start) => {
        const steps = planSteps(start);
        let current: string | undefined = start.current;
        const verified = new Set<string>();
        for (const step of steps) {
          if (step.do === "restore") current = start[step.from];
          if (step.do === "verify") verified.add(step.key);
          if (step.do === "switch" || step.do === "switch-back") {
            if (!verified.has(step.to)) return false;
            current = step.to;
          }
          const removesKey = step.do === "delete" || step.do === "deactivate";
          if (removesKey && (step.key === current || !verified.has(current ?? ""))) return false;
        }
        return true;
      }),
      { numRuns: 20_000 },
    );
  });

  test("within its grace period an old key is not deleted unasked", () => {
    fc.assert(
      fc.property(anything, (start) => {
        const steps = planSteps(start);
        const end = graceEnd(start.journal, start.graceSeconds);
        const isOver = end === undefined || end <= now || start.graceSeconds === 0;
        const isAsked = steps.some((step) => step.do === "confirm-early-deletion");
        if (isOver || isAsked || start.earlyDeletion === "allowed") return true;
        const old = start.journal?.oldKeyId;
        const wasSwitched = start.current === start.journal?.newKeyId && start.current !== old;
        const deleted = steps.some(
          (step) => step.do === "delete" && step.whose === "old" && step.key === old,
        );
        return !wasSwitched || !deleted || start.journal?.graceSeconds === 0;
      }),
      { numRuns: 20_000 },
    );
  });

  test("a foreign key is not deleted without a confirmation", () => {
    fc.assert(
      fc.property(anything, (start) => {
        const own: readonly (string | undefined)[] = [
          start.current,
          start.next,
          start.previous,
          start.journal?.oldKeyId,
          start.journal?.newKeyId,
        ];
        const isClaimed = (start.journal?.intents.length ?? 0) > 0;
        return planSteps(start).every(
          (step) =>
            step.do !== "delete" ||
            own.includes(step.key) ||
            isClaimed ||
            step.key === "the new key",
        );
      }),
      { numRuns: 20_000 },
    );
  });
});
