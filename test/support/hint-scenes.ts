// Scenes in which a command fails with a hint. `test/sessions/hints.test.ts` follows each hint literally: it pastes the
// command that the hint prints, answers its questions, and types the failed command again.

import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { SandboxOptions } from "../../sandbox/sandbox.ts";
import { type Home, type HomeOptions, keyLines } from "./home.ts";

export interface HintScene {
  readonly name: string;
  /** The file that makes the hint. */
  readonly from: string;
  readonly fixture?: SandboxOptions["fixture"];
  readonly home?: Omit<HomeOptions, "sandbox">;
  readonly arrange?: (home: Home) => unknown;
  /** The line that fails, for a POSIX shell. */
  readonly line: string;
  readonly hint: RegExp;
  /** Which part of the hint is followed, where it is not a command at its end; a function does what it says. */
  readonly follow?: string | ((home: Home) => unknown);
  /** Given to stdin of the followed command. */
  readonly input?: (home: Home) => string;
  /** Questions on a terminal and what the user types. Absent: no terminal. */
  readonly types?: readonly (readonly [
    question: RegExp,
    answer: string | ((home: Home) => string),
  ])[];
  /** The followed command replaces the failed one, which is not typed again. */
  readonly isInstead?: true;
}

const assume = "awst assume main-account DeveloperAccess";
const withCode = (home: Home) => `${assume} --mfa-code ${home.code()}`;
const run = (home: Home, line: string) => home.run(["sh", "-c", line]);
const roleProfile =
  "[profile dev]\nrole_arn = arn:aws:iam::222222222222:role/Dev\nsource_profile = main-account\n";

function removeDevices({ sandbox: { cloud, main } }: Home): void {
  const account = cloud.account(main.accountId);
  for (const { serial } of account.devicesOf(main.userName)) account.devices.delete(serial);
}

async function signIn(home: Home): Promise<void> {
  await run(home, withCode(home));
  home.moveClock(30);
}

export const hintScenes: readonly HintScene[] = [
  {
    name: "no configuration",
    from: "src/adapters/file/configuration-file.ts",
    home: { configuration: null },
    line: "awst list",
    hint: /^awst init$/,
    types: [
      [/AWS profile of your access key/, ""],
      [/12 digits of account/, "111111111111"],
      [/region/, "eu-west-1"],
      [/another account/, ""],
      [/a role, NAME/, ""],
      [/Let assume change this shell/, "n"],
    ],
  },
  {
    name: "no configuration, and AWS profiles with roles",
    from: "src/adapters/file/configuration-file.ts",
    home: { configuration: null },
    arrange: (home) => home.write(".aws/config", roleProfile),
    line: "awst list",
    hint: /^awst import --write$/,
  },
  {
    name: "a configuration that was named and is not there",
    from: "src/adapters/file/configuration-file.ts",
    arrange: (home) => home.write(".aws/config", roleProfile),
    line: "awst list --config $HOME/other.toml",
    hint: /^awst import --write --config/,
  },
  {
    name: "several mistakes in the configuration",
    from: "src/adapters/file/configuration-file.ts",
    home: { configuration: "nonsense = 1\nother = 2\n" },
    line: "awst list",
    hint: /^awst config check$/,
    // `config check` prints every mistake with its line, and ends with status 2 as long as there is one.
    follow: (home) => home.write(".config/awstools/config.toml", ""),
    isInstead: true,
  },
  {
    name: "no access key",
    from: "src/flows/session/open-identity-context.ts",
    home: { keyInProfile: false },
    line: "awst assume main-account DeveloperAccess --mfa-code CODE",
    hint: /^awst key add$/,
    input: ({ sandbox: { main } }) => `${main.accessKeyId}\n${main.secretAccessKey}\n`,
  },
  {
    name: "a key behind a broken link",
    from: "src/model/doctor/path-findings.ts",
    arrange: (home) => {
      renameSync(join(home.path, ".aws/credentials"), join(home.path, "away"));
      symlinkSync("/gone/credentials", join(home.path, ".aws/credentials"));
    },
    line: "awst assume main-account DeveloperAccess --mfa-code CODE",
    hint: /remove the link: rm .*credentials$/,
    follow: (home) => {
      rmSync(join(home.path, ".aws/credentials"));
      renameSync(join(home.path, "away"), join(home.path, ".aws/credentials"));
    },
  },
  {
    name: "a comment after the key",
    from: "src/flows/session/open-identity-context.ts",
    arrange: (home) =>
      home.write(
        ".aws/credentials",
        keyLines(home.sandbox)
          .replace("\n", " # a\n")
          .replace(/( # a)(\n.*)/, "$2 # mine"),
      ),
    line: "awst assume main-account DeveloperAccess --mfa-code CODE",
    hint: /^in line 2: write the comment on a line of its own$/,
    follow: (home) => home.write(".aws/credentials", `# mine\n${keyLines(home.sandbox)}`),
  },
  {
    name: "an MFA code is needed",
    from: "src/flows/session/get-mfa-code.ts",
    line: assume,
    hint: /or with --mfa-code CODE: awst assume main-account DeveloperAccess$/,
    follow: "awst assume main-account DeveloperAccess --mfa-code CODE",
  },
  {
    name: "a code for exec",
    from: "src/flows/session/get-mfa-code.ts",
    line: "awst exec main-account DeveloperAccess -- true",
    hint: /--mfa-code CODE: awst /,
    follow: "awst assume main-account DeveloperAccess --mfa-code CODE",
  },
  {
    name: "a rotation of a key in a profile",
    from: "src/flows/rotation/rotate-key.ts",
    line: "awst key rotate --mfa-code CODE",
    hint: /^awst key import$/,
  },
  {
    name: "a schedule for a key in a profile",
    from: "src/flows/rotation/schedule-rotation.ts",
    line: "awst key schedule --every 7d",
    hint: /^awst key import$/,
    // The sandbox must not touch the crontab of this machine.
    isInstead: true,
  },
  {
    name: "an import of a profile without a key",
    from: "src/flows/key/store-key.ts",
    home: { keyInProfile: false },
    line: "awst key import",
    hint: /^awst key add$/,
    input: ({ sandbox: { main } }) => `${main.accessKeyId}\n${main.secretAccessKey}\n`,
    isInstead: true,
  },
  {
    name: "a key that is added without input and terminal",
    from: "src/flows/key/store-key.ts",
    home: { keyInProfile: false },
    arrange: ({ sandbox: { main }, ...home }) =>
      home.write(
        "FILE",
        `Access key ID,Secret access key\n${main.accessKeyId},${main.secretAccessKey}\n`,
      ),
    line: "awst key add",
    hint: /^awst key add --csv FILE, or two lines on stdin/,
    follow: "awst key add --csv FILE",
    isInstead: true,
  },
  {
    name: "a program without --",
    from: "src/args/parse.ts",
    arrange: signIn,
    line: "awst exec main-account DeveloperAccess sh -c 'exit 0'",
    hint: /^awst exec main-account DeveloperAccess -- sh -c "exit 0"$/,
    isInstead: true,
  },
  {
    name: "a command that does not exist",
    from: "src/cli/usage.ts",
    line: "awst key ls",
    hint: /^did you mean awst key list\?$/,
    follow: "awst key list --mfa-code CODE",
    isInstead: true,
  },
  {
    name: "an argument too many",
    from: "src/cli/usage.ts",
    line: "awst list foo",
    hint: /^awst list --help$/,
    isInstead: true,
  },
  {
    name: "no terminal to choose a role",
    from: "src/flows/target/pick-target.ts",
    arrange: signIn,
    line: "awst assume",
    hint: /^awst assume main-account \w+$/,
    isInstead: true,
  },
  {
    name: "credential-process without a role",
    from: "src/commands/credential-process.ts",
    arrange: signIn,
    line: "awst credential-process main-account",
    hint: /^awst credential-process ACCOUNT ROLE, or /,
    follow: "awst credential-process main-account DeveloperAccess",
    isInstead: true,
  },
  {
    name: "no desktop for the console",
    from: "src/flows/console/open-console.ts",
    arrange: signIn,
    line: "awst console main-account DeveloperAccess",
    hint: /^awst console main-account DeveloperAccess --print$/,
    isInstead: true,
  },
  {
    name: "a profile that does not exist",
    from: "src/flows/whoami/whoami.ts",
    line: "awst whoami --profile nope",
    hint: /^awst profile list$/,
    isInstead: true,
  },
  {
    name: "a profile whose program is gone",
    from: "src/flows/whoami/whoami.ts",
    arrange: async (home) => {
      await signIn(home);
      const config = home.read(".aws/config") ?? "";
      home.write(".aws/config", config.replaceAll(/\S+awst\.js/g, "/gone/awst.js"));
      const credentials = home.read(".aws/credentials") ?? "";
      home.write(".aws/credentials", credentials.replaceAll(/\S+awst\.js/g, "/gone/awst.js"));
    },
    line: "awst whoami --profile main-account/DeveloperAccess",
    hint: /^awst profile sync$/,
  },
  {
    name: "a line of another version of awst",
    from: "src/commands/whoami.ts",
    arrange: async (home) => {
      await signIn(home);
      for (const file of [".aws/config", ".aws/credentials"]) {
        const text = home.read(file) ?? "";
        home.write(
          file,
          text.replaceAll("credential-process main", "credential-process --new 1 main"),
        );
      }
    },
    line: "awst whoami --profile main-account/DeveloperAccess",
    hint: /^awst profile sync$/,
  },
  {
    name: "unset in a format that can't",
    from: "src/output/shell/printed-keys.ts",
    line: "awst assume --unset --format json",
    hint: /^awst assume --unset --format env$/,
    isInstead: true,
  },
  {
    name: "an unknown keychain in the environment",
    from: "src/adapters/keychain/open.ts",
    line: "export AWST_KEYCHAIN=nonsense; awst assume main-account DeveloperAccess --mfa-code CODE",
    hint: /^unset AWST_KEYCHAIN$/,
    follow: "unset AWST_KEYCHAIN; awst assume main-account DeveloperAccess --mfa-code CODE",
    isInstead: true,
  },
  {
    name: "a variable with an unknown way to ask",
    from: "src/model/session/code-source.ts",
    line: "export AWST_PROMPT=nonsense; awst assume main-account DeveloperAccess",
    hint: /^unset AWST_PROMPT/,
    follow: "unset AWST_PROMPT; awst assume main-account DeveloperAccess --mfa-code CODE",
    isInstead: true,
  },
  {
    name: "a seed that is not stored",
    from: "src/flows/mfa/store-seed.ts",
    line: "awst mfa code",
    hint: /^awst mfa store$/,
    follow: "awst mfa store --yes",
    input: ({ sandbox }) => sandbox.main.seed,
  },
  {
    name: "a seed that is stored without a confirmation",
    from: "src/flows/mfa/store-seed.ts",
    line: "awst mfa store",
    hint: /^pipe the seed to: awst mfa store --yes$/,
    input: ({ sandbox }) => sandbox.main.seed,
    isInstead: true,
  },
  {
    name: "no seed on stdin",
    from: "src/flows/mfa/store-seed.ts",
    line: "awst mfa store --yes",
    hint: /pipe the seed or its otpauth:\/\/ URI to awst mfa store$/,
    follow: "awst mfa store --yes",
    input: ({ sandbox }) => sandbox.main.seed,
    isInstead: true,
  },
  {
    name: "a device of an unknown name",
    from: "src/model/mfa/own-devices.ts",
    line: "awst mfa resync --device nope",
    hint: /^the user's devices: \S+$/,
    follow: "awst mfa list --mfa-code CODE",
    isInstead: true,
  },
  {
    name: "a configuration exists already",
    from: "src/flows/setup/init-configuration.ts",
    line: "awst init --account main-account=111111111111 --region eu-west-1",
    hint: /^awst config check$/,
    isInstead: true,
  },
  {
    name: "no terminal for the first configuration",
    from: "src/flows/setup/init-configuration.ts",
    home: { configuration: null },
    line: "awst init",
    hint: /^awst init --account main-account=111111111111 --region eu-west-1$/,
    isInstead: true,
  },
  {
    name: "a key of another partition",
    from: "src/adapters/aws/aws-errors.ts",
    line: "awst assume main-account DeveloperAccess --mfa-code CODE",
    arrange: (home) =>
      home.write(".aws/credentials", keyLines(home.sandbox).replace(/AKIA\w{4}/, "AKIAGONE")),
    hint: /^if the key is of another partition, set defaultRegion = .*; else add the key that works: awst key add$/,
    follow: "awst key add",
    input: ({ sandbox: { main } }) => `${main.accessKeyId}\n${main.secretAccessKey}\n`,
  },
  {
    name: "a secret that is not the key's",
    from: "src/adapters/aws/aws-errors.ts",
    line: "awst assume main-account DeveloperAccess --mfa-code CODE",
    arrange: (home) =>
      home.write(
        ".aws/credentials",
        keyLines(home.sandbox).replace(/(secret_access_key = ).{4}/, "$1AAAA"),
      ),
    hint: /^add the key again: awst key add$/,
    input: ({ sandbox: { main } }) => `${main.accessKeyId}\n${main.secretAccessKey}\n`,
  },
  {
    name: "the sealed file is damaged",
    from: "src/adapters/keychain/sealed-store.ts",
    arrange: async (home) => {
      await run(home, "awst key import");
      await run(
        home,
        'printf x > "$XDG_STATE_HOME/awst/keychain.sealed"; rm -rf "$XDG_RUNTIME_DIR/awst"',
      );
    },
    line: "awst assume main-account DeveloperAccess --mfa-code CODE",
    hint: /move the file away and type: awst key add$/,
    follow: "rm $XDG_STATE_HOME/awst/keychain.sealed; awst key add",
    input: ({ sandbox: { main } }) => `${main.accessKeyId}\n${main.secretAccessKey}\n`,
  },
  {
    name: "a folder in place of the credentials file",
    from: "src/adapters/file/aws-files.ts",
    home: { keyInProfile: false },
    arrange: (home) => {
      mkdirSync(join(home.path, ".aws/credentials"), { recursive: true });
    },
    line: "awst profile list",
    hint: /^mv .*credentials .*credentials\.old$/,
  },
  {
    name: "a new device without a terminal",
    from: "src/flows/mfa/enrol-device.ts",
    fixture: "open",
    line: "awst mfa add phone",
    hint: /^awst mfa add phone --store$/,
    isInstead: true,
  },
  {
    name: "the last device",
    from: "src/flows/mfa/remove-device.ts",
    fixture: "open",
    line: "awst mfa remove",
    hint: /^to replace the device: awst mfa replace; to remove it anyway: awst mfa remove --force$/,
    follow: "awst mfa replace --store",
    isInstead: true,
  },
  {
    name: "another name, under a policy that allows the user's own name",
    from: "src/flows/mfa/create-device.ts",
    fixture: "self-manage-own-name",
    line: "awst mfa add phone --store --mfa-code CODE",
    hint: /^awst mfa replace$/,
    follow: "awst mfa replace --store --mfa-code CODE",
    types: [[/Delete device/, "y"]],
    isInstead: true,
  },
  {
    name: "a replacement that a terminal has to confirm",
    from: "src/flows/mfa/replace-device.ts",
    fixture: "self-manage-own-name",
    line: "awst mfa replace --store --mfa-code CODE",
    hint: /^on a terminal: awst mfa replace --device \w+$/,
    follow: "awst mfa replace --store --mfa-code CODE",
    types: [[/Delete device/, "y"]],
    isInstead: true,
  },
  {
    name: "no device to work on",
    from: "src/flows/mfa/open-devices.ts",
    fixture: "open",
    arrange: removeDevices,
    line: "awst mfa resync",
    hint: /^awst mfa add$/,
    follow: "awst mfa add --store",
    isInstead: true,
  },
  {
    name: "a user without a device",
    from: "src/flows/session/lookup-user.ts",
    fixture: "open",
    arrange: removeDevices,
    line: "awst assume main-account DeveloperAccess --mfa-code 123456",
    hint: /^awst mfa add$/,
    follow: "awst mfa add --store",
    isInstead: true,
  },
  {
    name: "the key in use can't be deleted",
    from: "src/flows/key/manage-keys.ts",
    arrange: async (home) => {
      await run(home, "awst key import");
      await signIn(home);
    },
    line: keyCommand("delete --yes"),
    hint: /^to replace the key: awst key rotate --identity main-account$/,
    isInstead: true,
  },
  {
    name: "a key id that does not exist",
    from: "src/model/key/find-key.ts",
    arrange: signIn,
    line: "awst key delete --yes AKIAUNKNOWN000000000",
    hint: /^(awst key list|choose one of: AKIA\w+.*)$/,
    follow: "awst key list",
    isInstead: true,
  },
  {
    name: "a second key, which awst did not create",
    from: "src/flows/rotation/iam-steps.ts",
    arrange: async (home) => {
      const { cloud, main } = home.sandbox;
      await run(home, "awst key import");
      await signIn(home);
      cloud.account(main.accountId).addKey(main.userName);
    },
    line: "awst key rotate",
    hint: /^if you don't need the key: awst key delete AKIA\w+$/,
    types: [[/Delete AKIA/, "y"]],
  },
  {
    name: "a key that was deactivated elsewhere",
    from: "src/flows/rotation/rotation-loop.ts",
    arrange: async (home) => {
      await run(home, "awst key import");
      await signIn(home);
      const { cloud, main } = home.sandbox;
      const key = cloud.account(main.accountId).keys.get(main.accessKeyId);
      if (key) key.status = "Inactive";
    },
    line: "awst key rotate",
    hint: /^awst key activate AKIA\w+$/,
  },
  {
    name: "a console that can't switch to the role",
    from: "src/flows/console/switch-roles.ts",
    home: { configuration: null },
    arrange: async (home) => {
      const roles = '[roles.DeveloperAccess]\nduration = "1h"\n';
      const limited = '[accounts.x]\nid = "333333333333"\nexternalId = "partner"\n';
      const id = home.sandbox.main.accountId;
      home.write(
        ".config/awstools/config.toml",
        `defaultRegion = "eu-west-1"\n[profiles]\nmainAccount = "main-account"\n[accounts]\nmain-account = "${id}"\n${limited}${roles}`,
      );
    },
    line: "awst console --switch-role x DeveloperAccess",
    hint: /^to sign in as this role instead: awst console x DeveloperAccess$/,
    // Account x exists in no sandbox; the command is known and its arguments are valid.
    follow: "awst console --help",
    isInstead: true,
  },
  {
    name: "an import into a configuration that exists",
    from: "src/flows/setup/import-configuration.ts",
    arrange: (home) => home.write(".aws/config", roleProfile),
    line: "awst import --write",
    hint: /^awst import --merge$/,
    isInstead: true,
  },
  {
    name: "a key file that others can read",
    from: "src/adapters/keychain/key-file.ts",
    home: { env: { AWST_KEYCHAIN_PASSPHRASE: undefined } },
    arrange: async (home) => {
      await run(home, "awst key import; chmod 644 $XDG_STATE_HOME/awst/keychain.key");
      await run(home, 'rm -rf "$XDG_RUNTIME_DIR/awst"');
    },
    line: "awst assume main-account DeveloperAccess --mfa-code CODE",
    hint: /^chmod 600 \S+$/,
  },
  {
    name: "a sealed file without its passphrase",
    from: "src/adapters/keychain/sealed-unlock.ts",
    arrange: (home) => run(home, 'awst key import; rm -rf "$XDG_RUNTIME_DIR/awst"'),
    line: "unset AWST_KEYCHAIN_PASSPHRASE; awst assume main-account DeveloperAccess --mfa-code CODE",
    hint: /^type awst assume in a terminal, or set AWST_KEYCHAIN_PASSPHRASE_FILE$/,
    follow:
      "unset AWST_KEYCHAIN_PASSPHRASE; awst assume main-account DeveloperAccess --mfa-code CODE",
    types: [[/[Pp]assphrase/, "correct horse battery staple"]],
  },
  {
    name: "a code that AWS refuses",
    from: "src/flows/session/code-attempts.ts",
    line: "awst assume main-account DeveloperAccess --mfa-code 000000",
    hint: /next code|its clock is wrong: awst mfa resync --device \w+$/,
    follow: "awst assume main-account DeveloperAccess --mfa-code CODE",
    isInstead: true,
  },
];

function keyCommand(command: string): string {
  const id = `$(awst key list --json | sed -n 's/.*"accessKeyId": "\\(.*\\)".*/\\1/p' | head -1)`;
  return `awst key ${command} ${id}`;
}
