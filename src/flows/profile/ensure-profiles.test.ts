import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../../test/support/fake-context.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { Secret } from "../../model/secret.ts";
import type { RoleSession } from "../../model/session/session.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { ensureProfiles, ensureProfilesOnly, removeExpiredKeys } from "./ensure-profiles.ts";

const base = configurationOf([role("Dev", 4)]);
const request: SessionRequest = {
  account: "main-account",
  role: "Dev",
  identity: undefined,
  flags: {},
  code: undefined,
  refresh: false,
  requester: "user",
  keysAreFixed: false,
};

function contextWith(changes: Partial<Configuration> = {}) {
  const machine = makeFakeMachine({ ...base, ...changes });
  const texts: { config: string | undefined; credentials: string | undefined } = {
    config: undefined,
    credentials: undefined,
  };
  const done: string[] = [];
  const process = machine.process();
  const context = {
    ...process,
    configurationFile: async () => {
      done.push("configuration");
      return process.configurationFile();
    },
    fileFingerprint: (path: string) => {
      if (path.endsWith("config")) return texts.config;
      if (path.endsWith("credentials")) return texts.credentials;
      return process.fileFingerprint(path);
    },
    awsFiles: async () => ({
      read: async () => ({ ...texts }),
      edit: async <T>(change: (texts: AwsFileTexts) => { texts: AwsFileTexts; result: T }) => {
        done.push("edit");
        const changed = change({ ...texts });
        Object.assign(texts, changed.texts);
        return changed.result;
      },
      isOpenToOthers: async () => false,
      openTo: async () => undefined,
    }),
  };
  return { machine, context, texts, done };
}

function obtainedAt(now: Date): ObtainedSession {
  const session: RoleSession = {
    keys: {
      accessKeyId: "ASIA1",
      secretAccessKey: new Secret("s"),
      sessionToken: new Secret("t"),
      expiresAt: new Date(now.getTime() + 3600_000),
    },
    issuedAt: now,
    renewableUntil: undefined,
    assumedRoleArn: "arn:x",
    accountId: "111111111111",
    region: "eu-west-1",
    fingerprint: "f",
    signedBy: "AKIA1",
    configurationStamp: "1",
    environment: "e",
  };
  const { account, role: name } = request;
  return { session, identity: account, account, role: name, how: "cached", target: undefined };
}

describe("ensureProfiles()", () => {
  test("writes both names, and the second time reads no file", async () => {
    const { machine, context, texts, done } = contextWith();
    const obtained = obtainedAt(machine.time);
    const first = await ensureProfiles(context, request, obtained, undefined);
    expect(first.names).toEqual(["main-account Dev", "main-account/Dev"]);
    expect(texts.config).toContain("[profile main-account/Dev]");
    done.length = 0;
    expect(await ensureProfiles(context, request, obtained, undefined)).toEqual(first);
    expect(done).toEqual([]);
  });

  test.each([
    ["another region", { region: "us-east-2" }],
    ["a changed file", { isChanged: true }],
  ])(
    "writes the profiles again for %s",
    async (_name, { region, isChanged }: { region?: string; isChanged?: boolean }) => {
      const { machine, context, texts } = contextWith();
      const obtained = obtainedAt(machine.time);
      await ensureProfiles(context, request, obtained, undefined);
      if (isChanged) texts.config = "[default]\n";
      await ensureProfiles(context, request, obtained, region);
      expect(texts.config).toContain(`region = ${region ?? "eu-west-1"}`);
    },
  );

  test("a session with flags of its own: a separate profile, the plain ones unchanged", async () => {
    const { machine, context, texts } = contextWith();
    const flags = { durationSeconds: 1200 };
    const scoped = { ...request, flags };
    const { names } = await ensureProfiles(context, scoped, obtainedAt(machine.time), undefined);
    expect(names).toEqual([expect.stringMatching(/^main-account\/Dev@[0-9a-f]{6}$/)]);
    expect(texts.config).toContain("--duration 1200");
    expect(texts.credentials).toMatch(/^\[main-account\/Dev@[0-9a-f]{6}\]\n[^[]*$/);
  });
});

describe("removeExpiredKeys()", () => {
  async function written() {
    const made = contextWith({ writeMode: "keys" });
    await ensureProfiles(made.context, request, obtainedAt(made.machine.time), undefined);
    made.done.length = 0;
    return made;
  }

  test("removes keys at their end, once, and says which", async () => {
    const { machine, context, texts, done } = await written();
    machine.advance(3599);
    await removeExpiredKeys(context);
    expect([texts.credentials?.includes("ASIA1"), done]).toEqual([true, []]);
    machine.advance(1);
    await removeExpiredKeys(context);
    expect(texts.credentials).toBe("");
    const [message] = context.messages;
    expect(message).toContain('"main-account Dev", "main-account/Dev"');
    done.length = 0;
    await removeExpiredKeys(context);
    expect([done, context.messages]).toEqual([[], [message]]);
  });

  test.each([
    ["a key that replaced it", (text: string) => text.replaceAll("ASIA1", "ASIA2"), /ASIA2/],
    [
      "a long-term key under its name",
      (text: string) => text.replaceAll("ASIA1", "AKIA1"),
      /AKIA1/,
    ],
    [
      "a section that calls awst by now",
      () => "[main-account Dev]\ncredential_process = /bin/awst credential-process a b\n",
      /credential_process/,
    ],
    ["lines of the user", (text: string) => `${text}output = json\n`, /^output = json$/m],
    ["other sections", (text: string) => `# mine\r\n[x]\r\na = 1\r\n${text}`, /# mine\r\n\[x\]/],
  ])("leaves %s", async (_name, change, left) => {
    const { machine, context, texts } = await written();
    texts.credentials = change(texts.credentials ?? "");
    machine.advance(3600);
    await removeExpiredKeys(context);
    expect(texts.credentials).toMatch(left);
    expect(texts.credentials).not.toContain("ASIA1");
  });

  test("leaves keys of another configuration", async () => {
    const { machine, context, texts } = await written();
    machine.advance(3600);
    const paths = { ...context.paths, configuration: "/other.toml" };
    await removeExpiredKeys({ ...context, paths });
    expect(texts.credentials).toContain("ASIA1");
  });
});

describe("ensureProfilesOnly()", () => {
  const wanted = {
    account: "main-account",
    role: "Dev",
    identity: undefined,
    flags: {},
    region: undefined,
  };

  test("asks no question and makes no call", async () => {
    const { machine, context } = contextWith();
    const { profiles, target } = await ensureProfilesOnly(context, wanted);
    expect(profiles.usable).toBe("main-account/Dev");
    expect(target.account.name).toBe("main-account");
    expect([context.asked, machine.items.size]).toEqual([[], 0]);
  });

  test('mode = "keys" writes nothing without a session', async () => {
    const { context, done } = contextWith({ writeMode: "keys" });
    const { profiles, needSession } = await ensureProfilesOnly(context, wanted);
    expect([profiles.names, needSession]).toEqual([[], true]);
    expect(done).not.toContain("edit");
  });
});
