// Ctrl-C at every question that awst asks besides the passphrase's: the command ends with 130 at once, claims no
// success, and neither AWS nor a file was changed after the question.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SandboxOptions } from "../../sandbox/sandbox.ts";
import { type Home, keyLines, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { type Pty, spawnPty } from "../support/pty.ts";

type FixtureName = NonNullable<SandboxOptions["fixture"]>;

interface Interrupted {
  readonly line: string;
  /** The question that Ctrl-C is pressed at. */
  readonly at: RegExp;
  readonly fixture?: FixtureName;
  /** What is asked and answered before. */
  readonly before?: readonly (readonly [RegExp, string | ((home: Home) => string)])[];
  /** Returns what stands for OTHER in the line. */
  readonly prepare?: (home: Home) => unknown;
  readonly env?: (home: Home) => Readonly<Record<string, string>>;
  /** The messages after Ctrl-C, where there are others. */
  readonly says?: readonly string[];
  /** No configuration yet. */
  readonly isNew?: true;
  /** The calls that change something and are made before the question. */
  readonly calls?: readonly string[];
}

const dev = "main-account DeveloperAccess";
const account = (home: Home) => home.sandbox.cloud.account(home.sandbox.main.accountId);
const addKey = (home: Home) => account(home).addKey(home.sandbox.main.userName).id;
const addDevice = (home: Home) => account(home).addDevice(home.sandbox.main.userName, "phone");
const code = (home: Home) => home.code();
const roleProfile = (home: Home) =>
  home.write(
    ".aws/config",
    `[profile prod]\nrole_arn = arn:aws:iam::${home.sandbox.main.accountId}:role/DeveloperAccess\nsource_profile = main-account\n`,
  );
const codeOf = /MFA code of \w+/;

const questions: readonly Interrupted[] = [
  // Codes.
  { line: `assume ${dev}`, at: codeOf },
  { line: `assume ${dev} --format env`, at: codeOf },
  { line: `credential-process ${dev}`, at: codeOf },
  { line: `exec ${dev} -- true`, at: codeOf },
  { line: `exec ${dev} --server -- true`, at: codeOf },
  {
    line: "exec --all DeveloperAccess -- true",
    at: codeOf,
    says: [
      "awst: main-account  ✗ interrupted",
      "awst: production    ! not run",
      "awst: 0 of 2 succeeded",
    ],
  },
  { line: `exec ${dev}`, at: codeOf },
  { line: `env ${dev}`, at: codeOf },
  { line: `console ${dev} --print`, at: codeOf },
  { line: "key list", at: codeOf, fixture: "kickstarter" },
  { line: "key rotate", at: codeOf, fixture: "kickstarter", prepare: importKey },
  { line: "key delete AKIAIOSFODNN7EXAMPLE", at: codeOf, fixture: "kickstarter" },
  { line: "mfa add phone", at: codeOf, fixture: "self-manage" },
  { line: "mfa replace", at: codeOf, fixture: "self-manage" },
  { line: "mfa resync", at: /First code of/ },
  {
    line: "mfa resync",
    at: /Next code of/,
    before: [[/First code of/, code]],
  },
  {
    line: "mfa add",
    at: /First code of fresh/,
    prepare: useFreshUser,
    calls: ["CreateVirtualMFADevice", "DeleteVirtualMFADevice"],
    says: ["awst: deleted the new device fresh", "awst: error: interrupted"],
  },
  { line: `assume ${dev}`, at: /was used; next code in \d+ s/, prepare: useCode },
  // Choices.
  { line: "assume", at: /account and role/ },
  { line: "assume main", at: /role of main-account/ },
  { line: "exec", at: /account and role/ },
  { line: "env", at: /account and role/ },
  { line: "console", at: /account and role/ },
  { line: `assume ${dev}`, at: /Which device's codes/, prepare: addDevice },
  { line: "mfa remove", at: /Which device do you want to remove/, prepare: addDevice },
  { line: "mfa replace", at: /Which device do you want to replace/, prepare: addDevice },
  { line: "mfa store", at: /Which device/, prepare: addDevice },
  // Confirmations.
  { line: "assume production AdminAccess", at: /Use AdminAccess there/ },
  { line: "profile remove", at: /Remove \d+ profiles/, prepare: writeProfiles },
  {
    line: `exec ${dev}`,
    at: /Open another shell inside it/,
    env: () => ({ AWST_SUBSHELL: "production DeveloperAccess" }),
  },
  { line: "key rotate", at: /Import AKIA\w+ into the keychain first/ },
  { line: "mfa remove --force", at: /Remove .* permanently/ },
  { line: "mfa store", at: /Store the seed of/ },
  {
    line: "key delete OTHER",
    at: /Delete AKIA\w+ .* permanently/,
    prepare: addKey,
    before: [[codeOf, code]],
    calls: ["GetSessionToken"],
  },
  { line: "key rotate", at: /permanently, and rotate again/, prepare: rotateKey },
  { line: "mfa add phone", at: /phone exists and is not enabled/, prepare: addAbandonedDevice },
  {
    line: "mfa replace",
    at: /Delete device alice first/,
    fixture: "self-manage-own-name",
    before: [[codeOf, code]],
    calls: ["GetSessionToken", "CreateVirtualMFADevice"],
  },
  {
    line: `assume ${dev}`,
    at: /has changed\. Run its command/,
    prepare: trustOtherConfiguration,
    env: (home) => ({ AWST_CONFIG: otherConfiguration(home) }),
  },
  {
    line: "admin user offboard x",
    at: /Delete x\?/,
    env: ({ sandbox: { main } }) => ({
      AWS_ACCESS_KEY_ID: main.accessKeyId,
      AWS_SECRET_ACCESS_KEY: main.secretAccessKey,
    }),
  },
  // Texts.
  {
    line: "key rotate",
    at: /type its id/,
    prepare: importAndAddKey,
    before: [[codeOf, code]],
    calls: ["GetSessionToken"],
  },
  { line: "key add", at: /access key id of/ },
  { line: "key add", at: /secret access key/, before: [[/access key id/, "AKIAIOSFODNN7EXAMPLE"]] },
  { line: "mfa store", at: /Seed of .*otpauth/, before: [[/Store the seed/, "y"]] },
  { line: "init", at: /AWS profile of your access key/, isNew: true },
  { line: "init", at: /Use them/, isNew: true, prepare: roleProfile },
];

describe("Ctrl-C at a question", () => {
  test.each(questions.map((each) => [`${each.line}: ${each.at.source}`, each] as const))(
    "%s",
    async (_, interrupted) => {
      const { line, at, before = [], prepare, calls = [], isNew, env } = interrupted;
      const { says = ["awst: error: interrupted"] } = interrupted;
      await using home = await makeHome({
        sandbox: { fixture: interrupted.fixture ?? "open" },
        ...(isNew && { configuration: null }),
      });
      if (!isNew) home.write(".config/awstools/config.toml", withProduction(home));
      const other = String(await prepare?.(home));
      home.sandbox.forgetCalls();
      const files = filesOf(home);
      const pty = atTerminal(home, line.replace("OTHER", other).split(" "), env?.(home));
      for (const [question, answer] of before) {
        await pty.expect(question);
        pty.type(`${typeof answer === "string" ? answer : answer(home)}\r`);
      }
      await pty.expect(at);
      const asked = pty.transcript().length;
      pty.press("ctrl-c");
      expect(await pty.expect(/ended with \d+/)).toBe("ended with 130");
      pty.press("enter");
      await pty.exit;
      const messages = pty
        .transcript()
        .slice(asked)
        .match(/^awst: .*$|ASIA|AWS_PROFILE/gm);
      expect(messages).toEqual(says);
      expect(changes(home)).toEqual(calls);
      expect(filesOf(home)).toEqual(files);
    },
  );
});

function withProduction(home: Home): string {
  return `${plainConfiguration(home.sandbox)}\n[accounts.production]\nid = "222222222222"\nproduction = true\n`;
}

function atTerminal(
  home: Home,
  args: readonly string[],
  env: Readonly<Record<string, string>> | undefined,
): Pty {
  // The shell keeps the terminal open until everything is read.
  const script = 'trap : INT; "$@"; echo "ended with $?"; read -r _';
  return spawnPty("sh", ["-c", script, "sh", ...awstCommand(), ...args], {
    env: home.envWith(env),
    cwd: home.path,
  });
}

function importKey(home: Home) {
  return home.awst(["key", "import"]);
}

async function importAndAddKey(home: Home) {
  await importKey(home);
  addKey(home);
}

async function rotateKey(home: Home) {
  await importKey(home);
  await home.awst(["key", "rotate", "--mfa-code", home.code()]);
}

/** A code that was just used, and no session. */
async function useCode(home: Home) {
  await home.awst(["assume", ...dev.split(" "), "--mfa-code", home.code()]);
  await home.awst(["logout", "--all"]);
}

function useFreshUser(home: Home) {
  home.write(".aws/credentials", keyLines({ main: home.sandbox.fresh }));
}

function addAbandonedDevice(home: Home) {
  const device = addDevice(home);
  device.userName = undefined;
  device.enabledAt = undefined;
  useFreshUser(home);
}

function otherConfiguration(home: Home): string {
  return join(home.path, ".config/repo.toml");
}

async function trustOtherConfiguration(home: Home) {
  await importKey(home);
  const command = `[mfa]\ncommand = "mfa-code"\n`;
  home.write(".config/repo.toml", plainConfiguration(home.sandbox) + command);
  await home.awst(["config", "trust", "--keys", "--config", otherConfiguration(home)]);
  home.write(".config/repo.toml", `${plainConfiguration(home.sandbox)}${command}# changed\n`);
}

function writeProfiles(home: Home) {
  return home.awst(["profile", "sync"]);
}

/** Calls that change something or use a code. */
function changes(home: Home): readonly string[] {
  return home.sandbox
    .calls()
    .map(({ action }) => action)
    .filter((action) => !/^(Get(?!SessionToken)|List|Simulate)/.test(action));
}

/** AWS's files and the configuration. */
function filesOf(home: Home): Readonly<Record<string, string>> {
  const names = [".aws", ".config"].flatMap((folder) =>
    existsSync(join(home.path, folder))
      ? readdirSync(join(home.path, folder), { recursive: true, encoding: "utf8" }).map(
          (name) => `${folder}/${name}`,
        )
      : [],
  );
  const files = names.filter((name) => statSync(join(home.path, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, home.read(name) ?? ""]));
}
