// A program that can write the state folder forges, replays or swaps the journal of MFA devices. No command deactivates or
// deletes a device because of it: only a journal sealed with the keychain's key is believed.

import { describe, expect, test } from "vitest";
import { type MfaJournal, mfaJournalFile } from "../../src/model/mfa/mfa-journal.ts";
import { Secret } from "../../src/model/secret.ts";
import { sealOf } from "../../src/model/state-seal.ts";
import {
  type EnrolmentScene,
  makeEnrolmentScene,
  policyNames,
  type Typed,
} from "../support/enrolment-scene.ts";
import { toJson } from "../support/state-files.ts";

const userName = "user";
const file = mfaJournalFile("main-account", userName);
const since = "2025-01-01T00:00:00.000Z";
const sealItem = "mfa-seal/main-account";

/** `victim`: serial of another user's or another program's device, which is not enabled. `own`: the user's device. */
type Forge = (serials: { readonly victim: string; readonly own: string }) => Partial<MfaJournal>;

const forgeries: Readonly<Record<string, Forge>> = {
  "an enrolment of a foreign device": ({ victim }) => ({
    enrolment: { name: "victim", serial: victim, since, keepsSeed: false, isVerified: false },
  }),
  "an enrolment of a foreign device, by name only": () => ({
    enrolment: { name: "victim", since, keepsSeed: true, isVerified: false },
  }),
  "a verified enrolment of the user's device": ({ own }) => ({
    enrolment: { name: "user", serial: own, since, keepsSeed: false, isVerified: true },
  }),
  "a replacement whose new device is verified": ({ own, victim }) => ({
    replacement: { old: own, order: "new-first", fresh: victim, since },
  }),
  "a replacement that deletes the old device first": ({ own }) => ({
    replacement: { old: own, order: "same-name", since },
  }),
  "a replacement of a foreign device": ({ victim, own }) => ({
    replacement: { old: victim, order: "new-first", fresh: own, since },
  }),
  "a removal of a foreign device": ({ victim }) => ({ removal: victim }),
  "a removal of the user's device": ({ own }) => ({ removal: own }),
};

const seals: Readonly<Record<string, (journal: MfaJournal) => string | undefined>> = {
  "no seal": () => undefined,
  "an empty seal": () => "",
  "a seal of another key": (journal) => sealOf(new Secret("guessed"), file.name, journal),
  "a seal that is too long": () => "0".repeat(100_000),
};

function openScene(): EnrolmentScene {
  const scene = makeEnrolmentScene("open", ["user"]);
  const abandoned = { seed: "ABANDONED".padEnd(64, "A"), enabledAt: undefined };
  scene.machine.iam.virtualDevices.set(scene.serial("victim"), abandoned);
  return scene;
}

function write({ machine }: EnrolmentScene, journal: Partial<MfaJournal>): void {
  machine.state.set(file.name, toJson(file, { userName, ...journal }));
}

const serialsOf = ({ serial }: EnrolmentScene) => ({
  victim: serial("victim"),
  own: serial("user"),
});

function expectUntouched({ machine, serial }: EnrolmentScene): void {
  expect(machine.aws.devices).toContain(serial("user"));
  expect([...machine.iam.virtualDevices.keys()]).toContain(serial("victim"));
}

/** None of these is asked to remove a device. */
const commands: readonly Typed[] = [
  { command: "list" },
  { command: "add", name: "tablet", options: { store: true } },
  { command: "resync" },
];

describe.each(commands)("mfa $command", (typed) => {
  const rows = Object.keys(forgeries).flatMap((forgery) =>
    Object.keys(seals).map((seal) => [forgery, seal] as const),
  );
  test.each(rows)("%s, with %s: no device is touched", async (forgery, seal) => {
    const scene = openScene();
    const journal: MfaJournal = { userName, ...forgeries[forgery]?.(serialsOf(scene)) };
    write(scene, { ...journal, seal: seals[seal]?.(journal) });
    const { error } = await scene.run(typed);
    expect(error).toBeUndefined();
    expectUntouched(scene);
    expect(scene.machine.aws.devices).toHaveLength(typed.command === "add" ? 2 : 1);
  });
});

test.each(policyNames)(
  "under %s a forged journal is named, deleted, and not read again",
  async (policy) => {
    const scene = makeEnrolmentScene(policy, ["user"]);
    write(scene, { removal: scene.serial("user") });
    // The device is the last one, so its removal is refused.
    const { messages, error } = await scene.run({ command: "remove" });
    expect(error).toMatchObject({ code: "DEVICE_LAST" });
    expect(messages.join()).toContain(`ignored and deleted the journal ${file.name}.json`);
    expect(scene.pending()).toBeUndefined();
    expect((await scene.run({ command: "remove" })).messages.join()).not.toContain("ignored");
  },
);

describe("a journal that awst sealed", () => {
  /** An enrolment that was killed after AWS created its device. */
  async function interrupted(): Promise<EnrolmentScene> {
    for (let dieAt = 0; dieAt < 200; dieAt++) {
      const scene = openScene();
      await scene.run({ command: "add", name: "tablet" }, { dieAt });
      const journal = scene.machine.process().state.read(file);
      const isCreated = scene.machine.iam.virtualDevices.has(scene.serial("tablet"));
      if (isCreated && journal.enrolment?.serial !== undefined) return scene;
    }
    throw new Error("no run was killed between the creation and the activation");
  }

  test("is believed: the enrolment is resumed", async () => {
    const scene = await interrupted();
    const { messages } = await scene.run({ command: "add" });
    expect(messages.join()).toContain("resuming the enrolment of device tablet");
    expect(scene.pending()).toBeUndefined();
    expect(scene.machine.items.has(sealItem)).toBe(false);
  });

  const changes: readonly (readonly [string, Forge])[] = Object.entries(forgeries);
  test.each(changes)("and that was changed is not believed: %s", async (_name, forge) => {
    const scene = await interrupted();
    const sealed = scene.machine.state.get(file.name) as object;
    const changed = toJson(file, { userName, ...forge(serialsOf(scene)) }) as object;
    scene.machine.state.set(file.name, { ...sealed, ...changed });
    await scene.run({ command: "add", name: "phone", options: { store: true } });
    expectUntouched(scene);
  });

  test("is not believed after its work has ended: each journal has a key of its own", async () => {
    const scene = await interrupted();
    const earlier = scene.machine.state.get(file.name);
    await scene.run({ command: "add" });
    // The device of the earlier journal exists again, now as another program's.
    const tablet = scene.serial("tablet");
    scene.machine.aws.devices = scene.machine.aws.devices.filter((each) => each !== tablet);
    scene.machine.iam.virtualDevices.set(tablet, { seed: "X".repeat(64), enabledAt: undefined });
    scene.machine.state.set(file.name, earlier);
    await scene.run({ command: "add", name: "phone", options: { store: true } });
    expect([...scene.machine.iam.virtualDevices.keys()]).toContain(tablet);
    expect(scene.messages.join()).toContain("its seal is missing or wrong");
  });

  test("is not believed for another identity", async () => {
    const scene = openScene();
    const key = new Secret("the same key for both");
    scene.machine.items.set(sealItem, key);
    const forge = forgeries["an enrolment of a foreign device"];
    const journal: MfaJournal = { userName, ...forge?.(serialsOf(scene)) };
    write(scene, { ...journal, seal: sealOf(key, "mfa-other", journal) });
    await scene.run({ command: "add", name: "phone", options: { store: true } });
    expectUntouched(scene);
  });

  test.each(["remove", "resync"] as const)(
    "of a replacement without any device: `mfa %s` names the command that resumes it",
    async (command) => {
      const scene = makeEnrolmentScene("open", []);
      const replacement = { old: scene.serial("user"), order: "same-name", since } as const;
      const key = new Secret("the key of this journal");
      scene.machine.items.set(sealItem, key);
      const journal: MfaJournal = { userName, replacement };
      write(scene, { ...journal, seal: sealOf(key, file.name, journal) });
      const { error } = await scene.run({ command });
      expect(error).toMatchObject({ code: "DEVICE_MISSING", hint: "awst mfa replace" });
    },
  );
});
