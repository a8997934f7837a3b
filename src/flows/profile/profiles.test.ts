import { beforeEach, describe, expect, it } from "vitest";
import { makeFakeState } from "../../../test/support/fake-context.ts";
import { clockAt } from "../../model/clock.ts";
import type {
  Account,
  Configuration,
  Identity,
  Role,
} from "../../model/configuration/configuration.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { Secret } from "../../model/secret.ts";
import { resolveTarget } from "../../model/session/resolve-target.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { SessionFlags } from "../../model/session/target.ts";
import type { Needs } from "../../ports.ts";
import { readCachedProfiles } from "./profile-cache.ts";
import { removeProfiles } from "./remove-profiles.ts";
import { listProfiles, syncProfiles } from "./sync-profiles.ts";
import { writeRoleProfiles } from "./write-profiles.ts";

const identity: Identity = {
  name: "main",
  accountId: "111111111111",
  awsProfile: "main",
  mfaSessionProfile: "main-mfa",
  region: undefined,
  device: undefined,
  command: undefined,
  prompt: ["terminal"],
  keyRotationIntervalMinutes: 0,
};
const role = (name: string): Role => ({
  name,
  durationSeconds: 3600,
  session: "renew",
  policyArns: [],
  tags: {},
  sourceIdentity: undefined,
  sessionName: undefined,
  via: undefined,
});
const account = (name: string, more: Partial<Account> = {}): Account => ({
  name,
  id: "111111111111",
  region: undefined,
  roles: undefined,
  externalId: undefined,
  identity: undefined,
  ...more,
});
const plain: Configuration = {
  path: "/c.toml",
  defaultRegion: "eu-west-1",
  defaultIdentity: "main",
  identities: new Map([
    ["main", identity],
    ["other", { ...identity, name: "other" }],
  ]),
  accounts: new Map([
    ["acct", account("acct")],
    ["far", account("far", { region: "us-east-1", roles: ["Dev"], identity: "other" })],
  ]),
  roles: new Map([
    ["Dev", role("Dev")],
    ["Admin", role("Admin")],
  ]),
  aliases: new Map(),
  rolesAreConfigured: true,
  keychainBackend: "auto",
  lockAfterSeconds: undefined,
  signInHosts: [],
  writeProfiles: ["{account} {role}", "{account}/{role}"],
  writePrint: undefined,
  writeMode: "process",
  remarks: [],
};

type FakeContext = Needs<
  | "paths"
  | "program"
  | "stableProgram"
  | "state"
  | "fileFingerprint"
  | "awsFiles"
  | "say"
  | "configurationFile"
  | "env"
  | "clock"
  | "terminal"
>;

const confirmed = { isConfirmed: true };

async function removeAll() {
  const done = await removeProfiles(context(), [], confirmed);
  if (done === undefined) throw new Error("declined");
  return done;
}

let texts: AwsFileTexts;
let edits: number;
let reads: number;
let messages: string[];
let missingFiles: string[];
let openToOthers: boolean;
let configuration: Configuration;
let state: Map<string, unknown>;
let program: readonly string[];
let named: boolean;

function context(): FakeContext {
  const path = "/c.toml";
  const paths = {
    home: "/h",
    configuration: path,
    configurationIsNamed: named,
    defaultConfiguration: named ? "/h/.config/awstools/config.toml" : path,
    state: "/s",
    sharedState: "/s",
    itemPrefix: "",
    runtime: undefined,
    awsConfig: "/h/.aws/config",
    awsCredentials: "/h/.aws/credentials",
  };
  return {
    paths,
    program,
    stableProgram: async () => ({ program, line: program }),
    env: {},
    terminal: () => Promise.reject(new Error("not called")),
    clock: () => clockAt(new Date("2026-01-01T12:00:00Z"), 0),
    say: (line) => void messages.push(line),
    state: makeFakeState(state, () => new Date("2026-01-01T12:00:00Z")),
    fileFingerprint: (file) => {
      if (missingFiles.includes(file)) return undefined;
      if (file === paths.awsConfig) return texts.config;
      return file === paths.awsCredentials ? texts.credentials : "there";
    },
    configurationFile: async () => ({
      load: async () => ({ configuration, fingerprint: "there" }),
      check: () => Promise.reject(new Error("not called")),
      text: () => Promise.reject(new Error("not called")),
      checkText: () => Promise.reject(new Error("not called")),
      source: () => Promise.reject(new Error("not called")),
    }),
    awsFiles: async () => ({
      read: async () => {
        reads += 1;
        return texts;
      },
      edit: async (change) => {
        edits += 1;
        const made = change(texts);
        texts = made.texts;
        return made.result;
      },
      isOpenToOthers: async () => openToOthers,
      openTo: async () => undefined,
    }),
  };
}

beforeEach(() => {
  texts = { config: undefined, credentials: undefined };
  edits = 0;
  reads = 0;
  messages = [];
  missingFiles = [];
  openToOthers = false;
  configuration = plain;
  state = new Map();
  program = ["/bin/awst"];
  named = false;
});

function targetOf(flags: SessionFlags = {}, accountName = "acct", roleName = "Dev", as?: string) {
  return resolveTarget(configuration, {
    account: accountName,
    role: roleName,
    identity: as,
    flags,
    env: {},
  });
}

const write = (more: Partial<Parameters<typeof writeRoleProfiles>[1]> = {}) =>
  writeRoleProfiles(context(), {
    target: targetOf(),
    session: undefined,
    region: undefined,
    configuration,
    ...more,
  });

const session: RoleSession = {
  keys: {
    accessKeyId: "ASIA1",
    secretAccessKey: new Secret("s"),
    sessionToken: new Secret("t"),
    expiresAt: new Date(0),
  },
  issuedAt: new Date(0),
  renewableUntil: undefined,
  assumedRoleArn: "",
  accountId: "",
  region: "",
  fingerprint: "",
  signedBy: "",
  configurationStamp: "",
  environment: "",
};

describe("writeRoleProfiles", () => {
  const line = "credential_process = /bin/awst credential-process acct Dev\nregion = eu-west-1\n";

  it("writes both profiles, and reads no file the second time", async () => {
    expect(await write()).toEqual({
      names: ["acct Dev", "acct/Dev"],
      usable: "acct/Dev",
      conflicts: [],
      unwritable: [],
      problems: [],
    });
    expect(texts).toEqual({
      credentials: `[acct Dev]\n${line}\n[acct/Dev]\n${line}`,
      config: `[profile acct/Dev]\n${line}`,
    });
    const [readBefore, editsBefore] = [reads, edits];
    expect((await write()).usable).toBe("acct/Dev");
    expect((await readCachedProfiles(context(), "acct", "Dev"))?.names).toEqual([
      "acct Dev",
      "acct/Dev",
    ]);
    expect([reads, edits]).toEqual([readBefore, editsBefore]);
  });

  describe("under another configuration", () => {
    const owner = "/h/.config/awstools/config.toml";
    const usually =
      "credential_process = /bin/awst credential-process acct Dev\nregion = us-east-1\n";
    const before = {
      credentials: `[acct Dev]\n${usually}`,
      config: `[profile acct/Dev]\n${usually}`,
    };
    beforeEach(() => {
      named = true;
      texts = before;
    });

    it("changes no profile of the first one, and says whose it is", async () => {
      const { names, conflicts } = await write();
      expect([names, texts]).toEqual([[], before]);
      const why = `it belongs to the configuration ${owner}`;
      expect(conflicts).toEqual([
        { name: "acct Dev", file: "credentials", why, owner },
        { name: "acct/Dev", file: "config", why, owner },
      ]);
    });

    it("neither syncs, repairs nor removes them", async () => {
      missingFiles = ["/bin/awst"];
      program = ["/usr/bin/awst"];
      const synced = await syncProfiles(context(), { isDryRun: false });
      expect(synced).toMatchObject({
        written: expect.not.arrayContaining(["acct Dev"]),
        repaired: [],
        removed: [],
      });
      expect(texts.credentials).toContain(before.credentials);
      expect((await removeProfiles(context(), [], confirmed))?.removed).not.toContain("acct Dev");
      expect(texts.credentials).toContain(before.credentials);
    });

    it("takes one over after its removal by name", async () => {
      expect((await removeProfiles(context(), ["acct Dev"], confirmed))?.removed).toEqual([
        "acct Dev",
      ]);
      const { names, conflicts } = await write();
      expect([names, conflicts.map(({ name }) => name)]).toEqual([["acct Dev"], ["acct/Dev"]]);
      expect(texts.credentials).toMatch(/^\[acct Dev\]\n.*--config \/c\.toml/m);
      expect(texts.config).toBe(before.config);
    });

    it("takes them over where the first one no longer exists", async () => {
      missingFiles = [owner];
      expect((await write()).names).toEqual(["acct Dev", "acct/Dev"]);
    });
  });

  it("prints the name that [write] print chooses, if its profile is written", async () => {
    const chosen = { ...plain, writePrint: "{account} {role}" };
    expect((await write({ configuration: chosen })).usable).toBe("acct Dev");
    configuration = chosen;
    const foreign = "[acct Admin]\nrole_arn = x\n";
    texts = { config: undefined, credentials: foreign };
    const admin = { target: targetOf({}, "acct", "Admin"), configuration: chosen };
    expect((await write(admin)).usable).toBe("acct/Admin");
    const spacedOnly = { ...plain, writeProfiles: ["{account} {role}"] };
    state.clear();
    texts = { config: undefined, credentials: undefined };
    expect((await write({ configuration: spacedOnly })).usable).toBe("acct Dev");
  });

  it("completes profiles of an earlier version, which wrote them into one file", async () => {
    await write();
    const complete = texts;
    const cache = structuredClone(state.get("profiles")) as {
      roles: Record<string, { layout?: number }>;
    };
    for (const each of Object.values(cache.roles)) delete each.layout;
    state.set("profiles", cache);
    texts = { ...complete, credentials: `[acct Dev]\n${line}` };
    for (const each of Object.values(cache.roles))
      Object.assign(each, { fingerprints: ["there", texts.config, texts.credentials] });
    expect(await readCachedProfiles(context(), "acct", "Dev")).toBeUndefined();
    await write();
    expect(texts).toEqual(complete);

    configuration = {
      ...plain,
      accounts: new Map([["acct", account("acct", { roles: ["Dev"] })]]),
    };
    texts = { ...complete, credentials: `[acct Dev]\n${line}` };
    const { profiles: listed } = await listProfiles(context());
    expect(listed.map(({ name, state: is }) => [name, is])).toEqual([
      ["acct Dev", "up to date"],
      ["acct/Dev", "outdated"],
    ]);
    const { written } = await syncProfiles(context(), { isDryRun: false });
    expect([written, texts]).toEqual([["acct/Dev"], complete]);
  });

  it("reads the files again after any change, and takes no lock when all is up to date", async () => {
    await write();
    texts = { ...texts, config: `${texts.config}# by hand\n` };
    expect(await readCachedProfiles(context(), "acct", "Dev")).toBeUndefined();
    const before = edits;
    await write();
    expect(edits).toBe(before);
    expect(await readCachedProfiles(context(), "acct", "Dev")).toBeDefined();
    expect(await readCachedProfiles(context(), "acct", "Dev", { region: "xx-1" })).toBeUndefined();
    expect(
      await readCachedProfiles(context(), "acct", "Dev", { identity: "other" }),
    ).toBeUndefined();
    expect(await readCachedProfiles(context(), "acct", "Admin")).toBeUndefined();
    program = ["/new/awst"];
    expect(await readCachedProfiles(context(), "acct", "Dev")).toBeUndefined();
  });

  it("names configuration, identity and region where they are not the default", async () => {
    named = true;
    await write({ target: targetOf({}, "far"), region: "eu-north-1" });
    expect(texts.config).toBe(
      "[profile far/Dev]\ncredential_process = /bin/awst credential-process --config /c.toml --identity other far Dev\nregion = eu-north-1\n",
    );
  });

  it("writes a separate profile for a session with flags of its own", async () => {
    await write();
    const before = texts;
    const flags = {
      durationSeconds: 1800,
      policy: "{}",
      policyFile: "/my p.json",
      tags: { team: "a b" },
    };
    const name = `acct/Dev@${scopeOf(flags)?.slice(0, 6)}`;
    expect(await write({ target: targetOf(flags) })).toMatchObject({
      names: [name],
      usable: name,
    });
    const own = `credential_process = /bin/awst credential-process --duration 1800 --tag "team=a b" --policy-file "/my p.json" acct Dev\nregion = eu-west-1\n`;
    expect(texts.credentials).toBe(`${before.credentials}\n[${name}]\n${own}`);
    expect(texts.config).toBe(`${before.config}\n[profile ${name}]\n${own}`);
  });

  it("reports conflicts and names that can't be written, and writes the rest", async () => {
    texts = {
      config: undefined,
      credentials: "[acct Dev]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n",
    };
    expect(await write()).toEqual({
      names: ["acct/Dev"],
      problems: [],
      usable: "acct/Dev",
      conflicts: [{ name: "acct Dev", file: "credentials", why: "it holds a long-term key" }],
      unwritable: [],
    });
    configuration = {
      ...plain,
      accounts: new Map([
        ["acct", account("acct")],
        ["a$b", account("a$b")],
      ]),
    };
    const { names, unwritable } = await write({ target: targetOf({}, "a$b") });
    expect(names).toEqual([]);
    expect(unwritable).toHaveLength(2);
  });

  it("repairs every line whose program no longer exists", async () => {
    await write({ target: targetOf({}, "acct", "Admin") });
    texts = {
      ...texts,
      credentials: `[main]\ncredential_process = /bin/awst credential-process --identity main\n\n${texts.credentials}`,
    };
    missingFiles = ["/bin/awst"];
    program = ["/new/awst"];
    await write();
    expect(`${texts.config}${texts.credentials}`).not.toContain("/bin/awst");
    expect(texts.credentials).toContain("= /new/awst credential-process --identity main\n");
    expect(texts.credentials).toContain("= /new/awst credential-process acct Admin\n");
  });

  it("with mode keys: writes keys, and replaces its own keys", async () => {
    configuration = { ...plain, writeMode: "keys" };
    expect((await write()).names).toEqual([]);
    await write({ session });
    expect(texts.config).toBeUndefined();
    expect(texts.credentials).toMatch(
      /^\[acct Dev\]\naws_access_key_id = ASIA1\n.*\[acct\/Dev\]\n/s,
    );
    expect(await readCachedProfiles(context(), "acct", "Dev")).toBeUndefined();
    expect(
      await readCachedProfiles(context(), "acct", "Dev", { accessKeyId: "ASIA1" }),
    ).toBeDefined();
    texts = {
      ...texts,
      credentials: texts.credentials?.replaceAll("region", "output = json\nregion"),
    };
    const renewed = { ...session, keys: { ...session.keys, accessKeyId: "ASIA2" } };
    expect((await write({ session: renewed })).conflicts).toEqual([]);
    expect(texts.credentials).not.toContain("ASIA1");
    expect((await removeAll()).removed).toEqual(["acct Dev", "acct/Dev"]);
    expect(texts.credentials).toBe("[acct Dev]\noutput = json\n\n[acct/Dev]\noutput = json\n");
  });

  it("with mode keys: no credentials go into a file that other users can read", async () => {
    configuration = { ...plain, writeMode: "keys" };
    openToOthers = true;
    const { names, unwritable } = await write({ session });
    expect([names, unwritable.map(({ name }) => name)]).toEqual([[], ["acct Dev", "acct/Dev"]]);
    expect(texts.credentials).toBeUndefined();
  });

  it("with mode keys: credentials of another configuration stay", async () => {
    configuration = { ...plain, writeMode: "keys" };
    await write({ session });
    const before = texts;
    const first = context().paths.configuration;
    const cache = state.get("profiles") as { roles: Record<string, unknown> };
    const moved = Object.entries(cache.roles).map(([key, entry]) => [
      key.replace(first, "/first.toml"),
      entry,
    ]);
    state.set("profiles", { ...cache, roles: Object.fromEntries(moved) });
    const other = { ...session, keys: { ...session.keys, accessKeyId: "ASIA2" } };
    const { names, conflicts } = await write({ session: other });
    expect([names, texts]).toEqual([[], before]);
    expect(conflicts[0]?.why).toBe("it belongs to the configuration /first.toml");
  });

  it("reports once that other users can read the credentials file", async () => {
    openToOthers = true;
    await write();
    await write({ target: targetOf({}, "acct", "Admin") });
    expect(messages).toEqual([
      expect.stringContaining("other users of this machine can read /h/.aws/credentials"),
    ]);
  });
});

describe("syncProfiles", () => {
  it("writes every account and offered role; a second run writes nothing", async () => {
    const all = ["acct Dev", "acct/Dev", "acct Admin", "acct/Admin", "far Dev", "far/Dev"];
    expect((await syncProfiles(context(), { isDryRun: true })).written).toEqual(all);
    expect(texts).toEqual({ config: undefined, credentials: undefined });
    expect((await syncProfiles(context(), { isDryRun: false })).written).toEqual(all);
    expect(texts.config).toContain(
      "[profile far/Dev]\ncredential_process = /bin/awst credential-process --identity other far Dev\nregion = us-east-1\n",
    );
    const again = await syncProfiles(context(), { isDryRun: false });
    expect([again.written, again.unchanged, again.removed]).toEqual([[], all, []]);
  });

  it("removes profiles that are no longer configured, and keeps the user's own", async () => {
    await syncProfiles(context(), { isDryRun: false });
    const mine = "[profile prod]\ncredential_process = awst credential-process acct Dev\n";
    const elsewhere =
      "[profile x/Dev]\ncredential_process = /bin/awst credential-process --config /other.toml x Dev\n";
    const key = "[main]\ncredential_process = /bin/awst credential-process --identity main\n";
    texts = {
      config: `${mine}\n${elsewhere}\n${texts.config}`,
      credentials: `${key}\n${texts.credentials}`,
    };
    configuration = {
      ...plain,
      accounts: new Map([["acct", account("acct", { roles: ["Dev"] })]]),
      writeProfiles: ["{account}/{role}"],
    };
    const { removed, written } = await syncProfiles(context(), { isDryRun: false });
    expect([...removed].sort()).toEqual([
      "acct Admin",
      "acct Dev",
      "acct/Admin",
      "far Dev",
      "far/Dev",
    ]);
    expect(written).toEqual([]);
    expect(texts.credentials).toBe(
      `${key}\n[acct/Dev]\ncredential_process = /bin/awst credential-process acct Dev\nregion = eu-west-1\n`,
    );
    expect(texts.config).toBe(
      `${mine}\n${elsewhere}\n[profile acct/Dev]\ncredential_process = /bin/awst credential-process acct Dev\nregion = eu-west-1\n`,
    );
  });

  it("removes profiles of separate sessions that have ended", async () => {
    const flags = [{ durationSeconds: 900 }, { durationSeconds: 1800 }, { durationSeconds: 2700 }];
    for (const each of flags) await write({ target: targetOf(each) });
    const note = (each: SessionFlags, expiresAt: string) => ({
      kind: "role",
      identity: "main",
      account: "acct",
      role: "Dev",
      scope: scopeOf(each),
      accessKeyId: "ASIA9",
      expiresAt,
    });
    state.set("sessions", {
      live: note(flags[0] as SessionFlags, "2026-01-01T12:10:00Z"),
      over: note(flags[1] as SessionFlags, "2026-01-01T11:59:00Z"),
    });
    const { removed } = await syncProfiles(context(), { isDryRun: false });
    const names = flags.slice(1).map((each) => `acct/Dev@${scopeOf(each)?.slice(0, 6)}`);
    expect([...removed].sort()).toEqual(names.sort());
  });
});

describe("listProfiles and removeProfiles", () => {
  it("list the state of each profile, and remove only those of awst", async () => {
    configuration = { ...plain, accounts: new Map([["acct", account("acct")]]) };
    await write();
    const outdated = "[acct Admin]\ncredential_process = /bin/awst credential-process acct Admin\n";
    const conflict = "[acct/Admin]\nrole_arn = x\n";
    const others =
      "[profile old/Dev]\ncredential_process = awst credential-process old Dev\n\n[profile me]\ncredential_process = awst credential-process acct Dev\n";
    texts = {
      credentials: `${texts.credentials}\n${outdated}\n${conflict}`,
      config: `${texts.config}\n${others}`,
    };
    const states = (await listProfiles(context())).profiles.map(({ name, state: is }) => [
      name,
      is,
    ]);
    expect(states).toEqual([
      ["acct Dev", "up to date"],
      ["acct/Dev", "up to date"],
      ["acct Admin", "outdated"],
      ["acct/Admin", "conflict"],
      ["old/Dev", "left over"],
      ["me", "own"],
    ]);
    const before = texts;
    await expect(
      removeProfiles(context(), ["acct Dev", "acct/Admin"], confirmed),
    ).rejects.toMatchObject({
      code: "PROFILE_CONFLICT",
    });
    await expect(removeProfiles(context(), ["acct Dex"], confirmed)).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("acct Dev"),
    });
    expect(texts).toEqual(before);
    expect((await removeProfiles(context(), ["acct Dev"], confirmed))?.removed).toEqual([
      "acct Dev",
    ]);
    expect((await listProfiles(context())).profiles[0]).toMatchObject({
      name: "acct Dev",
      state: "missing",
    });
    expect([...(await removeAll()).removed].sort()).toEqual(["acct Admin", "acct/Dev", "old/Dev"]);
    expect(texts.credentials?.trimStart()).toBe(conflict);
    expect(texts.config?.trimStart()).toBe(
      "[profile me]\ncredential_process = awst credential-process acct Dev\n",
    );
    expect((await removeProfiles(context(), ["me"], confirmed))?.removed).toEqual(["me"]);
  });
});
