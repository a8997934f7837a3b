// A rotation that was interrupted is completed by the next command with a live MFA session, apart from it.

import { describe, expect, test } from "vitest";
import {
  configurationOf,
  type FakeContext,
  type FakeMachine,
  makeFakeMachine,
  role,
} from "../../../test/support/fake-context.ts";
import { AwstError } from "../../model/errors.ts";
import { encodeAccessKey } from "../../model/key/access-key.ts";
import {
  emptyJournal,
  journalFile,
  type RotationJournal,
} from "../../model/rotation/rotation-journal.ts";
import { rotationRunsFile, withTime } from "../../model/rotation/rotation-runs.ts";
import { Secret } from "../../model/secret.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import { reportBackground, resumeRotations } from "../rotation/background-reports.ts";
import { obtainMfaCredentials, obtainSession } from "./obtain-session.ts";
import { fingerprintOfJournal } from "./open-rotations.ts";
import { startAutomaticRotation } from "./start-rotation.ts";

const identity = "main-account";
const resume = `key rotate --automatic --resume --identity ${identity}`;
const keyId = "AKIAFAKEFAKEFAKEFAKE";
const other = "AKIANEWNEWNEWNEWNEWN";

interface StartOfTest {
  readonly journal?: Partial<RotationJournal> | undefined;
  readonly isImported?: boolean;
}

function openMachine({ journal, isImported = true }: StartOfTest = {}): FakeMachine {
  const machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4), role("Other", 1)]));
  const key = { accessKeyId: keyId, secretAccessKey: new Secret("x".repeat(40)) };
  if (isImported) machine.items.set(`key/${identity}`, encodeAccessKey(key));
  else
    machine.credentials = `[${identity}]\naws_access_key_id = ${keyId}\naws_secret_access_key = ${"x".repeat(40)}\n`;
  if (journal !== undefined) openJournal(machine, journal);
  return machine;
}

function openJournal(machine: FakeMachine, journal: Partial<RotationJournal> = {}): void {
  const at = machine.time.toISOString();
  const open = { ...emptyJournal(keyId), intents: [at], ...journal };
  machine.process().state.write(journalFile(identity), open);
}

const request = (more: Partial<SessionRequest> = {}): SessionRequest => ({
  account: "main-account",
  role: "DeveloperAccess",
  identity: undefined,
  flags: {},
  code: undefined,
  refresh: false,
  requester: "machine",
  keysAreFixed: false,
  ...more,
});

async function openSession(machine: FakeMachine): Promise<void> {
  await obtainSession(machine.process({ types: () => machine.aws.code() }), request());
}

describe("completes an interrupted rotation", () => {
  test("credential-process with a new code", async () => {
    const machine = openMachine({ journal: {} });
    await openSession(machine);
    expect(machine.started).toEqual([resume]);
  });

  test("credential-process that renews the session, with no code", async () => {
    const machine = openMachine();
    await openSession(machine);
    openJournal(machine);
    machine.advance(50 * 60);
    await obtainSession(machine.process(), request());
    expect(machine.started).toEqual([resume]);
  });

  test("credential-process --identity", async () => {
    const machine = openMachine({ journal: {} });
    const process = machine.process({ types: () => machine.aws.code() });
    await obtainMfaCredentials(process, identity, "machine");
    expect(machine.started).toEqual([resume]);
  });

  test("a command that makes no call, in a live MFA session; it says so", async () => {
    const machine = openMachine();
    await openSession(machine);
    openJournal(machine, { newKeyId: other });
    const process = machine.process();
    await reportBackground(process);
    expect(machine.started).toEqual([resume]);
    expect(process.messages.join()).toMatch(
      new RegExp(`unfinished: ${keyId} is in use, .*${other} is active too.*in the background`),
    );
  });

  test("the deletion of the old key after the grace period, without a message", async () => {
    const machine = openMachine();
    await openSession(machine);
    const at = machine.time.toISOString();
    const complete = { newKeyId: other, switchedAt: at, deactivatedAt: at, graceSeconds: 60 };
    openJournal(machine, { ...complete, description: "none", areSessionsTested: true });
    const before = machine.process();
    await reportBackground(before);
    expect(machine.started).toEqual([]);
    machine.advance(61);
    const after = machine.process();
    await reportBackground(after);
    expect(machine.started).toEqual([resume]);
    expect([before.messages, after.messages]).toEqual([[], []]);
  });

  test("after the command that opened the session", async () => {
    const machine = openMachine();
    await openSession(machine);
    openJournal(machine);
    await resumeRotations(machine.process());
    expect(machine.started).toEqual([resume]);
  });
});

describe("starts nothing", () => {
  test.each([
    ["without a journal", undefined],
    ["for a key that is not imported", { journal: {}, isImported: false }],
  ])("%s", async (_name, start) => {
    const machine = openMachine(start);
    await openSession(machine);
    await reportBackground(machine.process());
    expect(machine.started).toEqual([]);
  });

  test("without a live MFA session, and names the rotation and the command", async () => {
    const machine = openMachine();
    await openSession(machine);
    openJournal(machine);
    machine.advance(36 * 3600);
    const process = machine.process();
    await reportBackground(process);
    expect(machine.started).toEqual([]);
    expect(process.messages).toEqual([
      expect.stringMatching(/unfinished.*awst key rotate --resume --identity main-account$/),
    ]);
  });

  test("again while that run may still be at work; a new code starts one at once", async () => {
    const machine = openMachine();
    await openSession(machine);
    openJournal(machine);
    await reportBackground(machine.process());
    machine.advance(9 * 60);
    const second = machine.process();
    await reportBackground(second);
    expect([machine.started, second.messages]).toEqual([[resume], []]);
    const code = { types: () => machine.aws.code() };
    await obtainSession(machine.process(code), request({ refresh: true, requester: "user" }));
    expect(machine.started).toEqual([resume, resume]);
    machine.advance(11 * 60);
    await reportBackground(machine.process());
    expect(machine.started).toHaveLength(3);
  });
});

test("after a run by hand that left a step: names the rotation, and starts a run only when the journal changes", async () => {
  const machine = openMachine();
  await openSession(machine);
  openJournal(machine, { newKeyId: other });
  const { state } = machine.process();
  const end = { at: machine.time, journalFingerprint: fingerprintOfJournal({ state }, identity) };
  await state.update(rotationRunsFile, (runs) => withTime(runs, identity, "endedAt", end));
  const process = machine.process();
  await reportBackground(process);
  expect(machine.started).toEqual([]);
  expect(process.messages).toEqual([expect.stringMatching(/unfinished.*--resume/)]);
  openJournal(machine, { newKeyId: other, switchedAt: machine.time.toISOString() });
  await reportBackground(machine.process());
  expect(machine.started).toEqual([resume]);
});

test("a run that can't be started is reported by the next command", async () => {
  const machine = openMachine();
  await openSession(machine);
  openJournal(machine);
  const failing = { ...machine.process(), detached: async () => ({ start: async () => false }) };
  await resumeRotations(failing);
  const next = machine.process();
  await reportBackground(next);
  expect(next.messages.join()).toMatch(/can't start in the background.*awst key rotate --resume/);
});

test("a run that was started and never ended is reported until one ends", async () => {
  const machine = openMachine();
  await openSession(machine);
  openJournal(machine);
  await reportBackground(machine.process());
  openJournal(machine, { description: "none" });
  machine.process().state.write(journalFile(identity), undefined);
  machine.advance(3600);
  const process = machine.process();
  await reportBackground(process);
  expect(process.messages).toEqual([
    expect.stringMatching(/did not end.*awst key rotate --resume/),
  ]);
  const { state } = machine.process();
  const end = { at: machine.time, journalFingerprint: "" };
  await state.update(rotationRunsFile, (runs) => withTime(runs, identity, "endedAt", end));
  const later = machine.process();
  await reportBackground(later);
  expect(later.messages).toEqual([]);
});

test("a failure of the start costs the command nothing", async () => {
  const machine = openMachine({ journal: {} });
  const process = machine.process({ types: () => machine.aws.code() });
  const detached = () => Promise.reject(new AwstError("FILE_UNWRITABLE", "read-only"));
  const { session } = await obtainSession({ ...process, detached }, request());
  expect(session.keys.accessKeyId).toMatch(/^ASIA/);
});

test.each<[what: string, broken: (process: FakeContext) => Partial<FakeContext>]>([
  [
    "a journal that can't be read",
    ({ state }) => ({
      state: {
        ...state,
        read: (file) => {
          if (file.name !== journalFile(identity).name) return state.read(file);
          throw new AwstError("FILE_UNREADABLE", "the journal is not an ordinary file");
        },
      },
    }),
  ],
  [
    "a program that can't be started",
    () => ({ detached: () => Promise.reject(new AwstError("FILE_UNWRITABLE", "read-only")) }),
  ],
])("an automatic rotation after a code: %s costs the command nothing", async (_, broken) => {
  const machine = openMachine();
  const process = machine.process({ types: () => machine.aws.code() });
  const { how, target } = await obtainSession(process, request());
  if (target === undefined) throw new Error("a new session has a target");
  const weekly = { ...target.identity, keyRotationIntervalMinutes: 7 * 24 * 60 };
  const obtained = { how, target: { ...target, identity: weekly } };
  await startAutomaticRotation({ ...process, ...broken(process) }, obtained);
  expect(machine.started).toEqual([]);
  await startAutomaticRotation(process, obtained);
  expect(machine.started).toEqual([`key rotate --automatic --identity ${identity}`]);
});
