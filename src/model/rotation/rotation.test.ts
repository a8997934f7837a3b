import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  initialRunFacts,
  nextStep,
  type RotationFacts,
  type RunFacts,
  type Step,
} from "./rotation.ts";
import { emptyJournal, type RotationJournal } from "./rotation-journal.ts";
import { planSteps } from "./step-results.ts";

const now = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const at = (seconds: number) => ago(seconds).toISOString();
const old = { accessKeyId: "OLD", status: "Active", createdAt: ago(9e6) } as const;
const made = { accessKeyId: "NEW", status: "Active", createdAt: ago(10) } as const;
const off = { ...old, status: "Inactive" } as const;
const other = { accessKeyId: "OTHER", status: "Active", createdAt: ago(60) } as const;

const journal = (more: Partial<RotationJournal> = {}): RotationJournal => ({
  ...emptyJournal("OLD"),
  listed: ["OLD"],
  ...more,
});
const known = (more: Partial<RotationJournal> = {}) =>
  journal({ newKeyId: "NEW", madeAt: at(10), ...more });
const switched = (more: Partial<RotationJournal> = {}) =>
  known({ switchedAt: at(5), description: "none", ...more });
const settled = (more: Partial<RotationJournal> = {}) =>
  switched({ deactivatedAt: at(5), areSessionsTested: true, ...more });

type Given = Partial<Omit<RotationFacts, "run">> & { readonly run?: Partial<RunFacts> };

function facts({ run, ...more }: Given): RotationFacts {
  return {
    request: "rotate",
    now,
    graceSeconds: undefined,
    minimumAgeSeconds: 0,
    keys: [old],
    current: "OLD",
    next: undefined,
    previous: undefined,
    journal: undefined,
    ...more,
    run: { ...initialRunFacts, ...run },
  };
}

const both = { keys: [old, made] };
const stored = { ...both, next: "NEW", journal: known() };
const after = { ...both, current: "NEW", previous: "OLD", journal: switched() };
const resting = { keys: [off, made], current: "NEW", previous: "OLD", journal: settled() };
const noted = { areReferencesUpdated: true };
const lost = { keys: [old, other], journal: journal({ intents: [at(61)] }) };

const table: readonly [string, Given, Partial<Step> & { readonly do: Step["do"] }][] = [
  ["nothing yet", {}, { do: "record-intent" }],
  [
    "the intent is written down",
    { journal: journal({ intents: [at(0)] }), run: { isIntentRecorded: true } },
    { do: "create" },
  ],
  [
    "an intent of an earlier run alone is no leave to create",
    { journal: journal({ intents: [at(1)] }) },
    { do: "record-intent" },
  ],
  [
    "AWS answered",
    { ...both, journal: journal(), run: { createdKeyId: "NEW" } },
    { do: "store", key: "NEW" },
  ],
  ["stored", stored, { do: "verify", key: "NEW" }],
  ["proved", { ...stored, run: { verified: ["NEW"] } }, { do: "switch", from: "OLD", to: "NEW" }],
  ["switched", after, { do: "update-references", from: "OLD", to: "NEW" }],
  [
    "noted",
    { ...after, journal: switched({ description: undefined }), run: noted },
    { do: "copy-description" },
  ],
  ["described", { ...after, run: noted }, { do: "verify", key: "NEW" }],
  [
    "proved in this run too",
    { ...after, run: { ...noted, verified: ["NEW"] } },
    { do: "deactivate", key: "OLD" },
  ],
  [
    "deactivated",
    { ...resting, journal: switched({ deactivatedAt: at(1) }), run: noted },
    { do: "check-sessions" },
  ],
  ["in the grace time", { ...resting, request: "resume", run: noted }, { do: "end" }],
  [
    "after it",
    { ...resting, request: "resume", run: noted, journal: settled({ deactivatedAt: at(90_000) }) },
    { do: "verify", key: "NEW" },
  ],
  [
    "after it, proved",
    { ...resting, request: "resume", graceSeconds: 0, run: { ...noted, verified: ["NEW"] } },
    { do: "delete", key: "OLD", whose: "old" },
  ],
  [
    "a create may still come to light",
    {
      ...resting,
      request: "resume",
      graceSeconds: 0,
      journal: settled({ intents: [at(60)] }),
      run: { ...noted, verified: ["NEW"] },
    },
    { do: "end" },
  ],
  [
    "the description waits: so does the deletion",
    {
      ...resting,
      request: "resume",
      graceSeconds: 0,
      journal: settled({ description: undefined }),
      run: { ...noted, verified: ["NEW"], failedSteps: ["copy-description"] },
    },
    { do: "end" },
  ],
  ["deleted", { ...resting, keys: [made], run: noted }, { do: "clean-up" }],

  [
    "the store failed",
    { ...both, journal: known(), run: { isRollingBack: true } },
    { do: "verify", key: "OLD" },
  ],
  [
    "and the old one is proved",
    { ...both, journal: known(), run: { isRollingBack: true, verified: ["OLD"] } },
    { do: "delete", key: "NEW", whose: "new" },
  ],
  [
    "AWS never took the new one",
    { ...stored, run: { isRollingBack: true, rejected: ["NEW"], verified: ["OLD"] } },
    { do: "delete", key: "NEW" },
  ],
  [
    "nor the old one: nothing is deleted",
    { ...stored, run: { isRollingBack: true, rejected: ["NEW", "OLD"] } },
    { do: "end" },
  ],
  [
    "the old one was switched off by somebody: forward",
    { ...stored, keys: [off, made], run: { isRollingBack: true } },
    { do: "verify", key: "NEW" },
  ],
  ["taken back", { ...stored, run: { isRollingBack: true, deleted: ["NEW"] } }, { do: "clean-up" }],

  ["an answer was lost", { ...lost }, { do: "check-last-use", key: "OTHER" }],
  [
    "never used: awst's own",
    { ...lost, run: { lastUse: "unused", verified: ["OLD"] } },
    { do: "delete", key: "OTHER", whose: "leftover" },
  ],
  [
    "used: somebody else's",
    { ...lost, run: { lastUse: "used" } },
    { do: "confirm-foreign-key", key: "OTHER" },
  ],
  [
    "listed before: somebody else's",
    { ...lost, journal: journal({ listed: ["OLD", "OTHER"], intents: [at(61)] }) },
    { do: "confirm-foreign-key" },
  ],
  [
    "made before: somebody else's",
    { ...lost, journal: journal({ intents: [at(59)] }) },
    { do: "confirm-foreign-key" },
  ],
  [
    "made long after: somebody else's",
    { ...lost, journal: journal({ intents: [at(181)] }) },
    { do: "confirm-foreign-key" },
  ],
  [
    "two are absent from the list: nobody knows which",
    {
      keys: [old, other, { ...other, accessKeyId: "THIRD" }],
      journal: journal({ intents: [at(61)] }),
    },
    { do: "confirm-foreign-key" },
  ],
  [
    "without a journal every other key is foreign",
    { keys: [old, other] },
    { do: "confirm-foreign-key", key: "OTHER" },
  ],
  [
    "a lost answer, nothing in the list yet",
    {
      journal: journal({ intents: [at(1)] }),
      run: { isRollingBack: true, createFailure: "unknown" },
    },
    { do: "list-again" },
  ],
  [
    "nor after looking again: the next run looks",
    {
      journal: journal({ intents: [at(1)] }),
      run: { isRollingBack: true, createFailure: "unknown", listRetries: 5 },
    },
    { do: "end" },
  ],
  [
    "nor two minutes later: nothing was made",
    { request: "resume", journal: journal({ intents: [at(121)] }) },
    { do: "clean-up" },
  ],

  ["undo", { ...resting, request: "undo", run: noted }, { do: "start-undo", to: "OLD" }],
  [
    "undo, written down",
    { ...resting, journal: settled({ isUndone: true }), run: noted },
    { do: "reactivate", key: "OLD" },
  ],
  [
    "undo, active again",
    { ...resting, keys: [old, made], journal: settled({ isUndone: true }), run: noted },
    { do: "verify", key: "OLD" },
  ],
  [
    "undo, proved",
    {
      ...resting,
      keys: [old, made],
      journal: settled({ isUndone: true }),
      run: { ...noted, verified: ["OLD"] },
    },
    { do: "switch-back", from: "NEW", to: "OLD" },
  ],
  [
    "undo, switched back",
    { ...stored, journal: settled({ isUndone: true }), run: { ...noted, verified: ["OLD"] } },
    { do: "delete", key: "NEW", whose: "new" },
  ],
  [
    "undo of a key AWS does not take any more",
    { ...resting, journal: settled({ isUndone: true }), run: { ...noted, rejected: ["OLD"] } },
    { do: "cancel-undo" },
  ],
  [
    "undo without its secret",
    { ...resting, previous: undefined, request: "undo", run: noted },
    { do: "refuse", why: "cannot-undo" },
  ],
  ["undo of nothing", { request: "undo" }, { do: "refuse", why: "nothing-to-undo" }],
  [
    "undo before the switch is going back",
    { ...stored, request: "undo", run: { verified: ["OLD"] } },
    { do: "delete", key: "NEW" },
  ],

  [
    "the key in use is gone, the old one is kept",
    { current: undefined, previous: "OLD" },
    { do: "restore", from: "previous" },
  ],
  [
    "the key in use is gone, the new one is there",
    { current: undefined, next: "NEW" },
    { do: "restore", from: "next" },
  ],
  ["no key at all", { current: undefined }, { do: "refuse", why: "key-absent" }],
  [
    "the journal is lost before the switch",
    { ...stored, journal: undefined },
    { do: "verify", key: "NEW" },
  ],
  [
    "the journal is lost after it",
    { ...after, journal: undefined },
    { do: "update-references", from: "OLD", to: "NEW" },
  ],
  ["a copy alone is left", { previous: "OLD" }, { do: "clean-up" }],
  [
    "another key was put in by hand",
    { ...after, current: "HAND", keys: [old, made, { ...old, accessKeyId: "HAND" }] },
    { do: "abandon" },
  ],
  [
    "and the new one had not been used",
    { ...stored, current: "HAND", run: { verified: ["HAND"] } },
    { do: "delete", key: "NEW" },
  ],

  ["young", { minimumAgeSeconds: 1e7 }, { do: "end" }],
  [
    "young, in the grace time: the way back stays",
    { ...resting, minimumAgeSeconds: 3600, run: noted },
    { do: "end" },
  ],
  [
    "in the grace time, and another is wanted",
    { ...resting, run: noted },
    { do: "verify", key: "NEW" },
  ],
  ["switched off by somebody", { keys: [off] }, { do: "refuse", why: "key-inactive" }],
  ["not in the list", { keys: [] }, { do: "verify", key: "OLD" }],
  [
    "not in the list, and AWS takes it",
    { keys: [], run: { verified: ["OLD"] } },
    { do: "refuse", why: "key-unlisted" },
  ],
  [
    "the new key was switched off by somebody",
    { ...after, keys: [old, { ...made, status: "Inactive" }], run: noted },
    { do: "refuse", why: "key-inactive" },
  ],
  [
    "AWS takes the new key no more",
    { ...after, run: { ...noted, rejected: ["NEW"] } },
    { do: "start-undo", to: "OLD" },
  ],
  [
    "what failed is not tried again",
    { ...after, run: { ...noted, verified: ["NEW"], failedSteps: ["deactivate"] } },
    { do: "end" },
  ],
];

describe("the next step", () => {
  test.each(table)("%s", (_name, given, expected) => {
    expect(nextStep(facts(given))).toMatchObject(expected);
  });
});

describe("whatever is there", () => {
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
    keys,
    current: id,
    next: id,
    previous: id,
    journal: anyJournal,
    run: fc.constant(initialRunFacts),
  });

  test("the steps come to an end, and nothing is deleted but while another key is held and proved", () => {
    fc.assert(
      fc.property(anything, (start) => {
        const steps = planSteps(start);
        let held: string | undefined = start.current;
        const proved = new Set<string>();
        for (const step of steps) {
          if (step.do === "restore") held = start[step.from];
          if (step.do === "verify") proved.add(step.key);
          if (step.do === "switch" || step.do === "switch-back") {
            if (!proved.has(step.to)) return false;
            held = step.to;
          }
          const takesAway = step.do === "delete" || step.do === "deactivate";
          if (takesAway && (step.key === held || !proved.has(held ?? ""))) return false;
        }
        return true;
      }),
      { numRuns: 20_000 },
    );
  });

  test("a foreign key is never deleted unasked", () => {
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
