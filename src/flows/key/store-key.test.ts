import { beforeEach, describe, expect, test } from "vitest";
import {
  configurationOf,
  type FakeMachine,
  type FakeProcess,
  makeFakeMachine,
  verifying,
} from "../../../test/support/fake-context.ts";
import { AwstError } from "../../model/errors.ts";
import { decodeAccessKey, encodeAccessKey } from "../../model/key/access-key.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { Secret } from "../../model/secret.ts";
import type { Keychain } from "../../ports.ts";
import { addKey, importKey } from "./store-key.ts";

const oldKey = { accessKeyId: "AKIAOLDOLDOLDOLDOLDO", secretAccessKey: new Secret("o".repeat(40)) };
const newId = "AKIANEWNEWNEWNEWNEWN";
const newSecret = "n".repeat(40);
const item = "key/main-account";

let machine: FakeMachine;
/** Decides which calls of the keychain fail. */
let keychainFails: ((call: string) => boolean) | undefined;
let texts: AwsFileTexts;
let edits: number;

beforeEach(() => {
  machine = makeFakeMachine(configurationOf([]));
  for (const id of [oldKey.accessKeyId, newId]) machine.aws.keyIds.add(id);
  keychainFails = undefined;
  texts = { config: undefined, credentials: undefined };
  edits = 0;
});

function process(options: FakeProcess = {}, files: Readonly<Record<string, string>> = {}) {
  const context = machine.process(options);
  const keychain = async (): Promise<Keychain> => {
    const base = await context.keychain("auto");
    const guard = <A extends unknown[], T>(call: string, work: (...args: A) => Promise<T>) => {
      return async (...args: A) => {
        if (keychainFails?.(`${call} ${args[0]}`))
          throw new AwstError("KEYCHAIN_UNREACHABLE", "gone");
        return work(...args);
      };
    };
    return verifying({
      ...base,
      read: guard("read", base.read),
      write: guard("write", base.write),
      remove: guard("remove", base.remove),
    });
  };
  return {
    ...context,
    keychain,
    readText: async (path: string) => files[path] ?? "",
    awsFiles: async () => ({
      read: async () => texts,
      edit: async <T>(change: (now: AwsFileTexts) => { texts: AwsFileTexts; result: T }) => {
        const changed = change(texts);
        texts = changed.texts;
        edits += 1;
        return changed.result;
      },
      isOpenToOthers: async () => false,
      openTo: async () => undefined,
    }),
  };
}

const storedId = () => decodeAccessKey(machine.items.get(item))?.accessKeyId;
const nothing = { identity: undefined, csv: undefined };
const piped = { "-": `${newId}\n${newSecret}\n` };

describe("key add", () => {
  test("from stdin: verified, stored and cached; no other item stays in the keychain", async () => {
    const stored = await addKey(process({}, piped), nothing);
    expect(stored).toMatchObject({ accessKeyId: newId, replacedKeyId: undefined, wasThere: false });
    expect([...machine.items.keys()]).toEqual([item]);
    expect(decodeAccessKey(machine.items.get(item))?.secretAccessKey.reveal()).toBe(newSecret);
    expect(machine.state.get("keys")).toEqual({ "main-account": { accessKeyId: newId } });
    expect(machine.aws.calls).toEqual(["GetCallerIdentity"]);
    expect(machine.history).toEqual(["key-stored"]);
  });

  test("from a CSV file, even if stdin is piped", async () => {
    const csv = `Access key ID,Secret access key\n${newId},${newSecret}\n`;
    const context = process({}, { "-": "anything", "k.csv": csv });
    expect(await addKey(context, { identity: undefined, csv: "k.csv" })).toMatchObject({
      accessKeyId: newId,
    });
  });

  test("typed, both values hidden", async () => {
    const answers = [` ${newId} `, newSecret];
    const context = process({ types: () => answers.shift() ?? "" });
    expect(await addKey(context, nothing)).toMatchObject({ accessKeyId: newId });
    expect(context.asked).toEqual([
      "access key id of main-account (AKIA…)",
      "its secret access key",
    ]);
  });

  test.each([
    ["a short secret", [newId, "short", newSecret], 3],
    ["an id and a secret", ["AKIA", newId, "", newSecret], 4],
    ["the secret for the id", [newSecret, newId, newSecret], 3],
    ["twice", [newId, "short", "shorter", newSecret], 4],
  ])("an invalid value is asked for again: %s", async (_, typed, count) => {
    const answers = [...typed];
    const context = process({ types: () => answers.shift() ?? "" });
    expect(await addKey(context, nothing)).toMatchObject({ accessKeyId: newId });
    expect(context.asked).toHaveLength(count);
    expect(context.messages.join()).not.toContain(newSecret);
  });

  test("three invalid values end the command", async () => {
    const answers = [newId, "a", "b", "c", newSecret];
    const context = process({ types: () => answers.shift() ?? "" });
    await expect(addKey(context, nothing)).rejects.toMatchObject({ code: "USAGE" });
    expect(answers).toEqual([newSecret]);
  });

  test("no input and no terminal: KEY_NEEDED", async () => {
    await expect(addKey(process(), nothing)).rejects.toMatchObject({ code: "KEY_NEEDED" });
    expect(machine.items.size).toBe(0);
  });

  test("the same key again: `wasThere`, and nothing changes", async () => {
    await addKey(process({}, piped), nothing);
    expect(await addKey(process({}, piped), nothing)).toMatchObject({ wasThere: true });
    expect(machine.history).toEqual(["key-stored"]);
  });

  test("another key replaces the old one and reports its id", async () => {
    machine.items.set(item, encodeAccessKey(oldKey));
    const stored = await addKey(process({}, piped), nothing);
    expect(stored.replacedKeyId).toBe(oldKey.accessKeyId);
    expect(storedId()).toBe(newId);
  });

  test.each(["AWS_KEY_REJECTED", "AWS_SECRET_WRONG", "AWS_UNREACHABLE", "CLOCK_SKEWED"] as const)(
    "%s: the old key stays, and no trace of the new one",
    async (code) => {
      machine.items.set(item, encodeAccessKey(oldKey));
      machine.aws.failNext("GetCallerIdentity", code);
      await expect(addKey(process({}, piped), nothing)).rejects.toMatchObject({ code });
      expect(storedId()).toBe(oldKey.accessKeyId);
      expect([...machine.items.keys()]).toEqual([item]);
    },
  );

  test("a key of another account is rejected before it replaces the old one", async () => {
    machine.configuration = configurationOf([], { accountId: "222222222222" });
    machine.items.set(item, encodeAccessKey(oldKey));
    await expect(addKey(process({}, piped), nothing)).rejects.toMatchObject({
      code: "USAGE",
      message: `${newId} belongs to account 111111111111, identity "main-account" to 222222222222`,
    });
    expect(storedId()).toBe(oldKey.accessKeyId);
  });

  test("any failing call of the keychain leaves the old key or the new key", async () => {
    const calls: string[] = [];
    keychainFails = (call) => calls.push(call) < 0;
    machine.items.set(item, encodeAccessKey(oldKey));
    await addKey(process({}, piped), nothing);
    expect(calls.length).toBeGreaterThan(4);
    for (let fatal = 1; fatal <= calls.length; fatal++) {
      let count = 0;
      keychainFails = () => {
        count += 1;
        return count >= fatal;
      };
      machine.items.clear();
      machine.items.set(item, encodeAccessKey(oldKey));
      await addKey(process({}, piped), nothing).catch(() => {});
      expect([oldKey.accessKeyId, newId]).toContain(storedId());
    }
  });

  test("an item that reads back differently is an error, and the old key stays", async () => {
    machine.items.set(item, encodeAccessKey(oldKey));
    const context = process({}, piped);
    const lying = async (): Promise<Keychain> =>
      verifying({
        ...(await context.keychain()),
        read: async (name) => (name === item ? machine.items.get(item) : new Secret("torn")),
      });
    await expect(addKey({ ...context, keychain: lying }, nothing)).rejects.toMatchObject({
      code: "KEYCHAIN_DAMAGED",
    });
    expect(storedId()).toBe(oldKey.accessKeyId);
  });

  test("a new key that reads back damaged is replaced by the old one", async () => {
    machine.items.set(item, encodeAccessKey(oldKey));
    const context = process({}, piped);
    const tearing = async (): Promise<Keychain> => {
      const keychain = await context.keychain();
      const write = (name: string, value: Secret) =>
        keychain.write(
          name,
          name === item && value.reveal().includes(newId) ? new Secret("torn") : value,
        );
      return verifying({ ...keychain, write });
    };
    await expect(addKey({ ...context, keychain: tearing }, nothing)).rejects.toMatchObject({
      code: "KEYCHAIN_DAMAGED",
    });
    expect(storedId()).toBe(oldKey.accessKeyId);
  });
});

describe("key import", () => {
  const all = { identity: undefined, profile: undefined };
  const credentials = `[main-account]\naws_access_key_id = ${newId}\naws_secret_access_key = ${newSecret}\n`;
  const line =
    "credential_process = /usr/bin/node /opt/awst/bin/awst.js credential-process --identity main-account";

  test("moves the key from the file to the keychain, and writes a line that calls awst", async () => {
    const other = `\n# a comment\n[old]\naws_access_key_id=${newId}\n`;
    texts = { config: undefined, credentials: credentials + other };
    const imported = await importKey(process(), all);
    expect(storedId()).toBe(newId);
    expect(texts.credentials).toBe(`[main-account]\n${line}\n${other}`);
    expect(imported.sameKeyElsewhere).toEqual([{ file: "credentials", section: "old", line: 6 }]);
    expect(JSON.stringify(texts)).not.toContain(newSecret);
  });

  test("the awstools profile of the MFA session gets the line too", async () => {
    const leftover =
      "[main-account-mfa]\naws_access_key_id=ASIAXXXXXXXXXXXXXXXX\naws_secret_access_key=x\naws_session_token=y\n";
    texts = { config: undefined, credentials: credentials + leftover };
    await importKey(process(), all);
    expect(texts.credentials?.split(line)).toHaveLength(3);
    expect(texts.credentials).not.toContain("ASIA");
  });

  test("a second import changes nothing", async () => {
    texts = { config: undefined, credentials };
    await importKey(process(), all);
    const before = texts;
    const calls = machine.aws.calls.length;
    expect((await importKey(process(), all)).stored).toBeUndefined();
    expect(texts).toEqual(before);
    expect(machine.aws.calls).toHaveLength(calls);
  });

  test("stopped after the key was stored: the next import completes it", async () => {
    texts = { config: undefined, credentials };
    machine.items.set(
      item,
      encodeAccessKey({ accessKeyId: newId, secretAccessKey: new Secret(newSecret) }),
    );
    expect((await importKey(process(), all)).stored).toMatchObject({ wasThere: true });
    expect(texts.credentials).toBe(`[main-account]\n${line}\n`);
  });

  test.each([
    ["that exists", true],
    ["that the first write makes", false],
  ])(
    "with a sealed keychain in a temporary folder %s: the file keeps the key",
    async (_, exists) => {
      texts = { config: undefined, credentials };
      if (exists) await (await process().keychain()).write("key/other", new Secret("{}"));
      const context = process();
      const inTemporary = { ...context, paths: { ...context.paths, sharedState: "/tmp/x/awst" } };
      await expect(importKey(inTemporary, all)).rejects.toMatchObject({
        code: "KEYCHAIN_REFUSED",
        hint: "unset XDG_STATE_HOME",
      });
      expect(texts.credentials).toBe(credentials);
      expect(edits).toBe(0);
    },
  );

  describe("of a key that the last rotation replaced", () => {
    const copy = "[default]\naws_access_key_id = AKIAOLDOLDOLDOLDOLDO\naws_secret_access_key = ";
    const profile = { identity: "main-account", profile: "default" };
    const current = {
      accessKeyId: newId,
      secretAccessKey: new Secret(newSecret),
    };
    beforeEach(() => {
      machine.items.set("previous-key/main-account", encodeAccessKey(oldKey));
      machine.items.set(item, encodeAccessKey(current));
      machine.aws.keyIds.delete(oldKey.accessKeyId);
    });

    test("writes the line, and changes no key", async () => {
      texts = { config: undefined, credentials: `${copy}${"o".repeat(40)}\n` };
      const imported = await importKey(process(), profile);
      expect(imported).toMatchObject({
        stored: undefined,
        formerKeyId: oldKey.accessKeyId,
        sameKeyElsewhere: [],
      });
      expect(texts.credentials).toBe(`[default]\n${line}\n`);
      expect(storedId()).toBe(newId);
      expect(machine.aws.calls).toEqual(["GetCallerIdentity"]);
    });

    test("a key in use that AWS rejects: the profile's key is imported, since it works", async () => {
      machine.aws.keyIds.add(oldKey.accessKeyId);
      machine.aws.keyIds.delete(newId);
      texts = { config: undefined, credentials: `${copy}${"o".repeat(40)}\n` };
      const imported = await importKey(process(), profile);
      expect(imported.formerKeyId).toBeUndefined();
      expect(imported.stored).toMatchObject({
        accessKeyId: oldKey.accessKeyId,
        replacedKeyId: newId,
      });
      expect(storedId()).toBe(oldKey.accessKeyId);
      expect(texts.credentials).toBe(`[default]\n${line}\n`);
    });

    test.each(["AWS_UNREACHABLE", "AWS_SECRET_WRONG"] as const)(
      "%s for the key in use: nothing changes",
      async (code) => {
        machine.aws.failNext("GetCallerIdentity", code);
        texts = { config: undefined, credentials: `${copy}${"o".repeat(40)}\n` };
        await expect(importKey(process(), profile)).rejects.toMatchObject({ code });
        expect(texts.credentials).toBe(`${copy}${"o".repeat(40)}\n`);
        expect(storedId()).toBe(newId);
      },
    );

    test.each<[string, () => void, string]>([
      ["another secret", () => {}, "p".repeat(40)],
      ["no key in use", () => machine.items.delete(item), "o".repeat(40)],
      [
        "no key to restore",
        () => machine.items.delete("previous-key/main-account"),
        "o".repeat(40),
      ],
      [
        "the rotation was undone",
        () => machine.items.set(item, encodeAccessKey(oldKey)),
        "o".repeat(40),
      ],
    ])("%s: AWS is asked, and the file stays where AWS refuses", async (_, change, secret) => {
      change();
      machine.aws.failNext("GetCallerIdentity", "AWS_KEY_REJECTED");
      texts = { config: undefined, credentials: `${copy}${secret}\n` };
      await expect(importKey(process(), profile)).rejects.toMatchObject({
        code: "AWS_KEY_REJECTED",
      });
      expect(texts.credentials).toBe(`${copy}${secret}\n`);
    });
  });

  test.each(["AWS_KEY_REJECTED", "AWS_UNREACHABLE"] as const)(
    "%s: file and keychain stay",
    async (code) => {
      texts = { config: undefined, credentials };
      machine.aws.failNext("GetCallerIdentity", code);
      await expect(importKey(process(), all)).rejects.toMatchObject({ code });
      expect(texts.credentials).toBe(credentials);
      expect(machine.items.size).toBe(0);
    },
  );

  test("a failing keychain leaves the file unchanged", async () => {
    for (const fatal of ["write pending-key", "read pending-key", "write key", "read key"]) {
      texts = { config: undefined, credentials };
      keychainFails = (call) => call.startsWith(fatal);
      await expect(importKey(process(), all)).rejects.toMatchObject({
        code: "KEYCHAIN_UNREACHABLE",
      });
      expect(texts.credentials).toBe(credentials);
    }
    expect(edits).toBe(0);
  });

  test("a file that can't be written: the error says where the key is", async () => {
    texts = { config: undefined, credentials };
    const context = process();
    const awsFiles = async () => ({
      ...(await context.awsFiles()),
      edit: () => Promise.reject(new AwstError("FILE_UNWRITABLE", "cannot write it: read-only")),
    });
    await expect(importKey({ ...context, awsFiles }, all)).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
      message: `${newId} is in the keychain, and profile "main-account" still contains it: cannot write it: read-only`,
      hint: "awst key import",
    });
    expect(storedId()).toBe(newId);
    expect(texts.credentials).toBe(credentials);
  });

  test("a file that changed during the import stays", async () => {
    texts = { config: undefined, credentials };
    const changed = credentials.replace(newSecret, "z".repeat(40));
    machine.aws.before.set("GetCallerIdentity", async () => {
      texts = { config: undefined, credentials: changed };
    });
    await expect(importKey(process(), all)).rejects.toMatchObject({ code: "FILE_MALFORMED" });
    expect(texts.credentials).toBe(changed);
  });

  test("another program's line in the section: nothing changes", async () => {
    texts = { config: undefined, credentials: `${credentials}credential_process = other\n` };
    await expect(importKey(process(), all)).rejects.toMatchObject({ code: "PROFILE_CONFLICT" });
    expect(machine.items.size).toBe(0);
    expect(machine.aws.calls).toEqual([]);
  });

  test("no key in the profile: the error names `key add`", async () => {
    await expect(importKey(process(), all)).rejects.toMatchObject({
      code: "KEY_MISSING",
      message: 'AWS profile "main-account" has no long-term access key',
    });
  });

  test("a profile of an identity is imported for that identity", async () => {
    const { configuration } = machine;
    const main = configuration.identities.get("main-account");
    if (main === undefined) throw new Error("no main identity");
    const second = {
      ...main,
      name: "other-org",
      awsProfile: "other",
      mfaSessionProfile: undefined,
    };
    const identities = new Map([...configuration.identities, ["other-org", second]]);
    machine.configuration = { ...configuration, identities };
    texts = { config: undefined, credentials: credentials.replace("[main-account]", "[other]") };
    await importKey(process(), { identity: undefined, profile: "other" });
    expect([...machine.items.keys()]).toEqual(["key/other-org"]);
    expect(texts.credentials).toContain("--identity other-org");
  });
});
