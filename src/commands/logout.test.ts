import { expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../test/support/fake-context.ts";
import { mfaSessionItem, roleSessionItem } from "../model/keychain/items.ts";
import type { SessionEntry } from "../model/session/session-index.ts";
import { plainStyle } from "../output/style.ts";
import { command } from "./logout.ts";

const me = "main-account";

/** The lines that `logout` prints where so many role sessions and an MFA session are cached. */
async function linesFor(count: number): Promise<readonly string[]> {
  const machine = makeFakeMachine(configurationOf([role("Dev", 4)]));
  const expiresAt = (minutes: number) =>
    new Date(machine.time.getTime() + minutes * 60_000).toISOString();
  const entry: SessionEntry = {
    ...{ kind: "role", identity: me, account: me, role: "Dev" },
    ...{ accessKeyId: "ASIA0", expiresAt: expiresAt(10) },
  };
  const scopes = Array.from({ length: count }, (_, at) => at.toString(16).padStart(12, "0"));
  const all = scopes.map((scope, at) => [
    roleSessionItem(me, me, "Dev", scope),
    { ...entry, scope, expiresAt: expiresAt(10 + at) },
  ]);
  const mfa = { ...entry, kind: "mfa", role: undefined, expiresAt: expiresAt(600) };
  machine.state.set("sessions", Object.fromEntries([...all, [mfaSessionItem(me), mfa]]));
  const context = {
    ...machine.process(),
    awsFiles: async () => ({
      read: async () => ({ config: undefined, credentials: undefined }),
      edit: () => Promise.reject(new Error("nothing to edit")),
      isOpenToOthers: async () => false,
      openTo: async () => undefined,
    }),
  };
  const { notes } = await command.run(context, {
    ...{ account: undefined, role: undefined, identity: undefined, all: true, json: false },
    ...{ program: [], command: "logout", commandLine: ["awst"], fullLine: ["awst"] },
  });
  if (typeof notes !== "function") throw new Error("the notes have no style");
  return notes(plainStyle);
}

test("credentials that stay in a file are the error, with their profile in the notes", async () => {
  const machine = makeFakeMachine(configurationOf([role("Dev", 4)]));
  const expiresAt = new Date(machine.time.getTime() + 600_000).toISOString();
  const names = { identity: me, account: me, role: "Dev" };
  const entry: SessionEntry = { kind: "role", ...names, accessKeyId: "ASIA0", expiresAt };
  machine.state.set("sessions", { [roleSessionItem(me, me, "Dev")]: entry });
  const credentials =
    "[main-account Dev]\naws_access_key_id = ASIA0\naws_secret_access_key = s\naws_session_token = t\n  x = y\n";
  const context = {
    ...machine.process(),
    awsFiles: async () => ({
      read: async () => ({ config: undefined, credentials }),
      edit: () => Promise.reject(new Error("nothing to edit")),
      isOpenToOthers: async () => false,
      openTo: async () => undefined,
    }),
  };
  const { notes, failure } = await command.run(context, {
    ...{ account: undefined, role: undefined, identity: undefined, all: false, json: false },
    ...{ program: [], command: "logout", commandLine: ["awst"], fullLine: ["awst"] },
  });
  expect(failure).toMatchObject({ code: "PROFILE_CONFLICT" });
  if (typeof notes !== "function") throw new Error("the notes have no style");
  expect(notes(plainStyle).join("\n")).toContain('"main-account Dev"');
});

test.each([
  [0, 1],
  [1, 2],
  [20, 21],
  [21, 21],
  [3_000, 21],
])("%d role sessions and an MFA session: %d lines", async (count, lines) => {
  const printed = await linesFor(count);
  expect(printed).toHaveLength(lines);
  expect(printed.at(-1)).toMatch(/^deleted the MFA session of main-account; /);
});

test("what is not listed is counted, with the time of the session that ends last", async () => {
  const lines = await linesFor(60);
  expect(lines[18]).toContain("in 28 min");
  expect(lines[19]).toMatch(/^deleted 41 more role sessions; /);
  expect(lines[19]).toContain("1 h 9 min");
});
