import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../../test/support/fake-context.ts";
import { AwstError } from "../../model/errors.ts";
import { mfaSessionItem, roleSessionItem } from "../../model/keychain/items.ts";
import { profileCacheFile, profileKey } from "../../model/profile/profile-cache.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { Secret } from "../../model/secret.ts";
import type { SessionEntry } from "../../model/session/session-index.ts";
import { type LogOutRequest, logOut } from "./log-out.ts";

const me = "main-account";
const noOptions: LogOutRequest = {
  account: undefined,
  role: undefined,
  identity: undefined,
  all: false,
};
const dev = roleSessionItem(me, me, "Dev");
const scoped = roleSessionItem(me, me, "Dev", "ab12cd34ef56");
const admin = roleSessionItem(me, me, "Admin");
const gone = roleSessionItem(me, "closed-account", "Dev");
const mfa = mfaSessionItem(me);

/** Two roles, a scoped session and the MFA session live, one of an account that is gone; a code 1 h ago. */
function machineWithSessions(files: AwsFileTexts = { config: undefined, credentials: undefined }) {
  const base = configurationOf([role("Dev", 4), role("Admin", 1)]);
  const machine = makeFakeMachine(base);
  const at = (minutes: number) => new Date(machine.time.getTime() + minutes * 60_000);
  const note = (more: Partial<SessionEntry>): SessionEntry => ({
    kind: "role",
    identity: me,
    account: me,
    accessKeyId: "ASIA0",
    expiresAt: at(50).toISOString(),
    ...more,
  });
  const index = {
    [dev]: note({ role: "Dev", accessKeyId: "ASIADEV" }),
    [scoped]: note({ role: "Dev", scope: "ab12cd34ef56" }),
    [admin]: note({ role: "Admin", expiresAt: at(-5).toISOString() }),
    [gone]: note({ account: "closed-account", role: "Dev" }),
    [mfa]: note({ kind: "mfa", codeAt: at(-60).toISOString(), expiresAt: at(660).toISOString() }),
  };
  machine.state.set("sessions", index);
  for (const item of Object.keys(index)) machine.items.set(item, new Secret("x"));
  const locked: string[] = [];
  const written = { ...files };
  const process = machine.process();
  const context = {
    ...process,
    keychain: async () => ({
      ...(await process.keychain("auto")),
      lock: async () => void locked.push("locked"),
    }),
    awsFiles: async () => ({
      read: async () => written,
      edit: async <T>(change: (texts: AwsFileTexts) => { texts: AwsFileTexts; result: T }) => {
        const { texts, result } = change(written);
        Object.assign(written, texts);
        return result;
      },
      isOpenToOthers: async () => false,
      openTo: async () => undefined,
    }),
  };
  const left = () => [...machine.items.keys()].sort();
  return { machine, context, at, left, locked, written };
}

describe("logOut()", () => {
  test.each([
    ["one role, its scoped sessions with it", { account: me, role: "Dev" }, [admin, gone, mfa]],
    ["a part of the account's name", { account: "main", role: "Admin" }, [dev, scoped, gone, mfa]],
    ["an account", { account: me }, [gone, mfa]],
    ["ACCOUNT/ROLE", { account: `${me}/Dev` }, [admin, gone, mfa]],
    ["an ARN", { account: "arn:aws:iam::111111111111:role/Admin" }, [dev, scoped, gone, mfa]],
    ["every role session, those of accounts no longer configured too", {}, [mfa]],
    ["everything", { all: true }, []],
  ])("forgets %s", async (_name, request, expected) => {
    const { machine, context, left } = machineWithSessions();
    await logOut(context, { ...noOptions, ...request });
    expect(left()).toEqual([...expected].sort());
    expect(Object.keys(machine.state.get("sessions") as object).sort()).toEqual(left());
    expect(machine.history).toEqual(["logout"]);
  });

  test("forgets what the index does not know", async () => {
    const { machine, context, left } = machineWithSessions();
    machine.state.delete("sessions");
    await logOut(context, { ...noOptions, account: me, role: "Dev" });
    expect(left()).not.toContain(dev);
    await logOut(context, { ...noOptions, all: true });
    expect(left()).toEqual([gone, scoped].sort());
  });

  test("returns until when credentials are valid, for those that still are", async () => {
    const { context, at } = machineWithSessions();
    const { forgotten } = await logOut(context, { ...noOptions, all: true });
    expect(forgotten).toEqual([
      { name: "main-account Dev", keysUntil: at(50) },
      { name: "main-account Dev (@ab12cd)", keysUntil: at(50) },
      { name: "closed-account Dev", keysUntil: at(50) },
      { name: "the MFA session of main-account", keysUntil: at(660) },
    ]);
  });

  test("returns until when a profile still works without a code", async () => {
    const { context, at } = machineWithSessions();
    const { usableRoles } = await logOut(context, noOptions);
    expect(usableRoles).toEqual([{ name: "main-account Dev", until: at(180) }]);
  });

  test.each([dev, mfa])("forgets %s, which another process is about to write", async (item) => {
    const { machine, context } = machineWithSessions();
    const locks = await context.locks();
    const name = item === mfa ? (`code-${me}` as const) : (`role-${item}` as const);
    const lock = await locks.acquire(name, { owner: "assume" });
    const loggingOut = logOut(context, { ...noOptions, all: true });
    for (let ticks = 0; ticks < 50; ticks++) await Promise.resolve();
    machine.items.set(item, new Secret("new"));
    await lock.release();
    await loggingOut;
    expect(machine.items.has(item)).toBe(false);
  });

  test("forgets everything where a process never ends, and waits for 10 s in all", async () => {
    const { machine, context, left } = machineWithSessions();
    const waits: (number | undefined)[] = [];
    const locks = async () => ({
      acquire: async (_name: string, { waitMs }: { readonly waitMs?: number | undefined }) => {
        waits.push(waitMs);
        machine.advance(4);
        throw new AwstError("WAIT_TIMED_OUT", "waited");
      },
      removeUnused() {},
    });
    await logOut({ ...context, locks }, { ...noOptions, all: true });
    expect(left()).toEqual([]);
    expect(waits.slice(0, 5)).toEqual([10_000, 6_000, 2_000, 0, 0]);
  });

  test("forgets the unlock with --all alone", async () => {
    const { context, locked } = machineWithSessions();
    expect((await logOut(context, noOptions)).usableRoles).not.toEqual([]);
    expect(locked).toEqual([]);
    expect((await logOut(context, { ...noOptions, all: true })).usableRoles).toEqual([]);
    expect(locked).toEqual(["locked"]);
  });

  test("takes keys out of the credentials file, those of that role and no others", async () => {
    const section = (name: string, id: string) =>
      `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = s\naws_session_token = t\n`;
    const credentials = [
      section("main-account Dev", "ASIADEV"),
      section("renamed", "ASIADEV"),
      section("main-account Admin", "ASIAADM"),
      "[main-account]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n",
    ].join("\n");
    const { context, written } = machineWithSessions({ config: undefined, credentials });
    const { profilesWithoutKeys } = await logOut(context, {
      ...noOptions,
      account: me,
      role: "Dev",
    });
    expect([...profilesWithoutKeys].sort()).toEqual(["main-account Dev", "renamed"]);
    expect(written.credentials?.match(/^\[.*\]$/gm)).toEqual([
      "[main-account Admin]",
      "[main-account]",
    ]);
  });

  test.each([
    "key/main-account",
    "next-key/main-account",
    "mfa-seed/main-account/phone",
    "",
    "key",
  ])("a forged index does not remove the item %j", async (item) => {
    const { machine, context } = machineWithSessions();
    machine.items.set(item, new Secret("x"));
    const index = machine.state.get("sessions") as Record<string, SessionEntry>;
    machine.state.set("sessions", { ...index, [item]: index[dev] });
    await logOut(context, { ...noOptions, all: true });
    expect(machine.items.get(item)).toBeDefined();
  });

  test.each(["AKIA1", "", "akia1"])(
    "a forged index removes no profile with the key %j",
    async (id) => {
      const credentials = `[mine]\naws_access_key_id = ${id}\naws_secret_access_key = s\naws_session_token = t\n`;
      const { machine, context, written } = machineWithSessions({ config: undefined, credentials });
      const index = machine.state.get("sessions") as Record<string, SessionEntry>;
      machine.state.set("sessions", { ...index, [dev]: { ...index[dev], accessKeyId: id } });
      await logOut(context, { ...noOptions, all: true });
      expect(written.credentials).toBe(credentials);
    },
  );

  test.each([
    [{ account: "nix" }, "ACCOUNT_UNKNOWN"],
    [{ account: me, role: "Nix" }, "ROLE_UNKNOWN"],
    [{ identity: "nix" }, "IDENTITY_UNKNOWN"],
  ])("%j is %s, and nothing is forgotten", async (request, code) => {
    const { context, left } = machineWithSessions();
    await expect(logOut(context, { ...noOptions, ...request })).rejects.toMatchObject({ code });
    expect(left()).toHaveLength(5);
  });
});

describe("without a configuration", () => {
  const missing = new AwstError("CONFIGURATION_MISSING", "gone");
  const withoutConfiguration = () => {
    const made = machineWithSessions();
    const configurationFile = async () => ({
      ...(await made.context.configurationFile()),
      load: () => Promise.reject(missing),
    });
    return { ...made, context: { ...made.context, configurationFile } };
  };

  test.each([
    ["an account", { account: me }],
    ["an account and a role", { account: me, role: "Dev" }],
    ["an identity", { identity: me }],
    ["an identity and everything", { identity: me, all: true }],
  ])("%s has no meaning: an error, and nothing is forgotten", async (_name, request) => {
    const { context, left } = withoutConfiguration();
    await expect(logOut(context, { ...noOptions, ...request })).rejects.toBe(missing);
    expect(left()).toHaveLength(5);
  });

  test.each([
    [{}, [mfa]],
    [{ all: true }, []],
  ])("%j: what the session index has", async (request, expected) => {
    const { context, left } = withoutConfiguration();
    await logOut(context, { ...noOptions, ...request });
    expect(left()).toEqual(expected);
  });
});

test("a role one of whose profiles still holds keys is tried again", async () => {
  const section = (name: string, more = "") =>
    `[${name}]\naws_access_key_id = ASIADEV\naws_secret_access_key = s\naws_session_token = t\n${more}`;
  const credentials = section("main-account Dev") + section("main-account/Dev", "  x = y\n");
  const { machine, context, written } = machineWithSessions({ config: undefined, credentials });
  const key = profileKey(context.paths.configuration, me, "Dev");
  const names = ["main-account Dev", "main-account/Dev"];
  const entry = { identity: me, region: "eu-west-1", line: "", program: "awst", fingerprints: [] };
  const cached = { ...entry, names, conflicts: [], unwritable: [], accessKeyId: "ASIADEV" };
  machine.state.set("profiles", { version: 1, reportedOpenFile: false, roles: { [key]: cached } });
  const { profilesWithoutKeys, conflicts } = await logOut(context, { ...noOptions, account: me });
  expect([profilesWithoutKeys, conflicts.map(({ name }) => name)]).toEqual([
    ["main-account Dev"],
    ["main-account/Dev"],
  ]);
  expect(written.credentials).toContain("ASIADEV");
  expect(context.state.read(profileCacheFile).roles[key]).toMatchObject({ accessKeyId: "ASIADEV" });
});

describe("a session in another store than the keychain in use", () => {
  type Stores = Partial<Record<"system" | "file", readonly string[]>>;
  const locked = new AwstError("KEYCHAIN_LOCKED", "locked", { hint: "unlock it" });

  /** A machine whose keychain in use is the system's; `broken`: the stores that can't be reached. */
  function machineWithStores(
    recorded: Readonly<Record<string, unknown>>,
    broken: readonly string[],
  ) {
    const { machine, context } = machineWithSessions();
    const index = machine.state.get("sessions") as Record<string, SessionEntry>;
    const entries = Object.entries(recorded).map(([item, stores]) => [
      item,
      { ...index[item], stores },
    ]);
    machine.state.set("sessions", Object.fromEntries(entries));
    const items = Object.keys(recorded);
    const stores = { system: new Set(items), file: new Set(items) };
    const tries: string[] = [];
    const keychain = async () => ({
      ...(await context.keychain()),
      kind: "system" as const,
      remove: async (item: string, from: "system" | "file" = "system") => {
        tries.push(from);
        if (broken.includes(from)) throw locked;
        stores[from].delete(item);
      },
    });
    const indexed = () => Object.keys(machine.state.get("sessions") as object);
    return { machine, context: { ...context, keychain }, stores, tries, indexed };
  }

  const isGone = { ...noOptions, all: true };

  test.each<
    [string, Readonly<Record<string, unknown>>, readonly string[], Stores, readonly string[]]
  >([
    ["in the store in use", { [dev]: ["system"] }, [], { file: [dev] }, []],
    ["in the other one", { [dev]: ["file"] }, [], { system: [dev] }, []],
    ["in both", { [dev]: ["system", "file"] }, [], {}, []],
    ["in one each", { [dev]: ["file"], [mfa]: ["system"] }, [], { system: [dev], file: [mfa] }, []],
    [
      "in a store that an older version did not record",
      { [dev]: undefined },
      [],
      { file: [dev] },
      [],
    ],
    ["in a store that a forged index invented", { [dev]: ["/etc"] }, [], { file: [dev] }, []],
    ["in stores that are no list", { [dev]: "file" }, [], { file: [dev] }, []],
    [
      "in the other one, which is locked",
      { [dev]: ["file"], [mfa]: ["system"] },
      ["file"],
      { system: [dev], file: [dev, mfa] },
      [dev],
    ],
    [
      "in the one in use, which is locked",
      { [dev]: ["file"], [mfa]: ["system"] },
      ["system"],
      { system: [dev, mfa], file: [mfa] },
      [mfa],
    ],
    [
      "in both, one of them locked",
      { [dev]: ["system", "file"] },
      ["file"],
      { file: [dev] },
      [dev],
    ],
  ])("without a configuration, %s", async (_name, recorded, broken, expected, remaining) => {
    const { context, stores, indexed } = machineWithStores(recorded, broken);
    const missing = new AwstError("CONFIGURATION_MISSING", "gone");
    const configurationFile = async () => ({
      ...(await context.configurationFile()),
      load: () => Promise.reject(missing),
    });
    const done = await logOut({ ...context, configurationFile }, isGone);
    const { system = [], file = [] } = expected;
    expect([...stores.system]).toEqual(system);
    expect([...stores.file]).toEqual(file);
    expect(indexed()).toEqual(remaining);
    expect(done.unreached.map(({ store, error }) => [store, error])).toEqual(
      broken.map((store) => [store, locked]),
    );
    expect(done.forgotten).toHaveLength(Object.keys(recorded).length - remaining.length);
  });

  test("a store that can't be reached is tried once, and named with its sessions", async () => {
    const recorded = { [dev]: ["file"], [scoped]: ["file"], [gone]: ["file"], [mfa]: ["file"] };
    const { context, tries, indexed } = machineWithStores(recorded, ["file"]);
    const { unreached, forgotten } = await logOut(context, isGone);
    expect(tries.filter((each) => each === "file")).toHaveLength(1);
    expect(forgotten).toEqual([]);
    expect(indexed().sort()).toEqual(Object.keys(recorded).sort());
    expect(unreached).toEqual([
      {
        store: "file",
        error: locked,
        sessions: [
          "main-account Dev",
          "main-account Dev (@ab12cd)",
          "closed-account Dev",
          "the MFA session of main-account",
        ],
      },
    ]);
  });

  test("a store that can't be reached keeps no credentials in AWS's files", async () => {
    const credentials =
      "[main-account Dev]\naws_access_key_id = ASIADEV\naws_secret_access_key = s\naws_session_token = t\n";
    const { context, written } = machineWithSessions({ config: undefined, credentials });
    const keychain = async () => ({
      ...(await context.keychain()),
      remove: () => Promise.reject(locked),
    });
    const done = await logOut({ ...context, keychain }, isGone);
    expect(done.profilesWithoutKeys).toEqual(["main-account Dev"]);
    expect(written.credentials).not.toContain("ASIADEV");
  });

  test("Ctrl-C at the question for a passphrase ends the logout", async () => {
    const { context, left } = machineWithSessions();
    const interrupted = new AwstError("INTERRUPTED", "interrupted");
    const keychain = async () => ({
      ...(await context.keychain()),
      remove: () => Promise.reject(interrupted),
    });
    await expect(logOut({ ...context, keychain }, isGone)).rejects.toBe(interrupted);
    expect(left()).toHaveLength(5);
  });
});
