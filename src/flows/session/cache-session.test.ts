import { expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../../test/support/fake-context.ts";
import { keyItem, mfaSessionItem, roleSessionItem } from "../../model/keychain/items.ts";
import { Secret } from "../../model/secret.ts";
import type { SessionEntry, SessionIndex } from "../../model/session/session-index.ts";
import { cacheMfaSession } from "./cache-session.ts";

const hour = 3600_000;
const me = "main-account";
const item = roleSessionItem(me, me, "Dev");
const scoped = roleSessionItem(me, me, "Dev", "ab12cd34ef56");

/** Caches a session beside another entry that expired some hours ago; returns the items that are left. */
async function cacheBeside(name: string, hoursAgo: number, more: Partial<SessionEntry> = {}) {
  const machine = makeFakeMachine(configurationOf([role("Dev", 4)]));
  const at = (hours: number) => new Date(machine.time.getTime() + hours * hour);
  const entry: SessionEntry = {
    kind: "role",
    identity: me,
    accessKeyId: "ASIA0",
    expiresAt: at(-hoursAgo).toISOString(),
    ...more,
  };
  const index: SessionIndex = { [name]: entry };
  machine.state.set("sessions", index);
  machine.items.set(name, new Secret("x"));
  const process = machine.process();
  let cleanings = 0;
  const removeUnused = () => {
    cleanings += 1;
  };
  const locks = async () => ({ ...(await process.locks()), removeUnused });
  const context = { ...process, locks };
  const accessKeyId = "ASIA1";
  const secrets = { secretAccessKey: new Secret("s"), sessionToken: new Secret("t") };
  await cacheMfaSession(context, await context.keychain("auto"), me, {
    keys: { accessKeyId, ...secrets, expiresAt: at(12) },
    codeAt: at(0),
    device: "arn:aws:iam::111111111111:mfa/me",
    signedBy: "AKIA0",
    environment: "",
  });
  expect(machine.items.has(mfaSessionItem(me))).toBe(true);
  expect(cleanings).toBe(1);
  return machine.items.has(name);
}

test.each<[string, string, number, Partial<SessionEntry>, boolean]>([
  ["that is live", item, -1, {}, true],
  ["that ended an hour ago", item, 1, {}, true],
  ["that ended 23 hours ago", item, 23, {}, true],
  ["that ended 25 hours ago", item, 25, {}, false],
  ["of another identity that ended two days ago", mfaSessionItem("other"), 48, {}, false],
  ["of options that ended 25 hours ago", scoped, 25, { scope: "ab12cd34ef56" }, true],
  ["of options that ended 31 days ago", scoped, 31 * 24, { scope: "ab12cd34ef56" }, false],
  ["that a state file invented with the name of a key", keyItem(me), 48, {}, true],
  ["that a state file invented with the name of a seed", "mfa-seed/x/y", 48, {}, true],
  ["that a state file invented with a name in another one", "x/role-session/a/b/c", 48, {}, true],
])("a stored session %s", async (_, name, hoursAgo, more, stays) => {
  expect(await cacheBeside(name, hoursAgo, more)).toBe(stays);
});

test.each<[string, SessionEntry["stores"], SessionEntry["stores"]]>([
  ["the first time", undefined, ["file"]],
  ["again", ["file"], ["file"]],
  [
    "after the keychain was changed, where the earlier copy may be left",
    ["system"],
    ["system", "file"],
  ],
])("the index names the stores that a session was written to: %s", async (_, before, after) => {
  const machine = makeFakeMachine(configurationOf([role("Dev", 4)]));
  const item = mfaSessionItem(me);
  const expiresAt = new Date(machine.time.getTime() + hour);
  const entry = { kind: "mfa", identity: me, accessKeyId: "ASIA0", stores: before } as const;
  machine.state.set("sessions", { [item]: { ...entry, expiresAt: expiresAt.toISOString() } });
  const context = machine.process();
  const keychain = { ...(await context.keychain("auto")), kind: "file" as const };
  const secrets = { secretAccessKey: new Secret("s"), sessionToken: new Secret("t") };
  const times = { codeAt: machine.time, device: "arn:aws:iam::111111111111:mfa/me" };
  await cacheMfaSession(context, keychain, me, {
    keys: { accessKeyId: "ASIA1", ...secrets, expiresAt },
    ...{ ...times, signedBy: "AKIA0", environment: "" },
  });
  expect((machine.state.get("sessions") as SessionIndex)[item]?.stores).toEqual(after);
});
