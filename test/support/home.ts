// A fresh home for tests of whole processes: new folders, an embedded sandbox instead of AWS, the sealed file as
// keychain, a phone (`mfa-code` on the PATH), and a clock that moves for both sides.
//   await using home = await makeHome();
//   await home.awst(["assume", "main-account", "DeveloperAccess", "--mfa-code", home.code()]);
// Processes get `home.env` and what a test adds, and nothing of the test runner's environment.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SeededKeyOwner } from "../../sandbox/fixtures/seeded.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";
import { unlockedKeyPath } from "../../src/adapters/keychain/unlocked-key.ts";
import {
  awstCommand,
  type Finished,
  root,
  runProcess,
  type Started,
  startProcess,
} from "./processes.ts";

export interface HomeOptions {
  /** Given to startSandbox. */
  readonly sandbox?: SandboxOptions | undefined;
  /** Text of config.toml; absent: `plainConfiguration`; null: no file at all. */
  readonly configuration?: string | null | undefined;
  /** Whether ~/.aws/credentials holds the key under [main-account]. Default: true. */
  readonly keyInProfile?: boolean | undefined;
  /** Added to `env`; undefined takes a variable out. As a function: what depends on the sandbox. */
  readonly env?: Variables | ((sandbox: Sandbox) => Variables) | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  /** Added to the home's own; undefined takes a variable out. */
  readonly env?: Variables | undefined;
  readonly input?: string | undefined;
}

export interface Home extends AsyncDisposable {
  /** $HOME. */
  readonly path: string;
  /** The folder around it: `home`, `bin` (on the PATH), the phone's seed, the clock. */
  readonly around: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  /** Runs awst without a terminal, to its end. */
  awst(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts awst without a terminal: to be killed, or run at once with others. */
  start(args: readonly string[], options?: RunOptions): Started;
  /** Runs another program in this home. */
  run(command: readonly string[], options?: RunOptions): Promise<Finished>;
  /** The environment a process gets with these additions. */
  envWith(more: RunOptions["env"]): Record<string, string>;
  /** Text of a file, by its path under $HOME; undefined where there is none. */
  read(path: string): string | undefined;
  write(path: string, text: string, mode?: number): void;
  /** The phone's code now, as `[mfa] command = "mfa-code"` gives it too. */
  code(): string;
  /** How often `mfa-code` was run. */
  codesAsked(): number;
  /** Moves the sandbox's clock and that of every Node process of this home. */
  moveClock(seconds: number): void;
  remove(): Promise<void>;
}

/** As awstools' template writes it, for the sandbox's first account. */
export function plainConfiguration(sandbox: Sandbox): string {
  return `defaultRegion = "eu-west-1"
keyRotationIntervalMinutes = 0

[profiles]
mainAccount = "main-account"
mainAccountMfaSession = "main-account-mfa"

[accounts]
main-account = "${sandbox.main.accountId}"

[roles.DeveloperAccess]
duration = "4h"
[roles.AdminAccess]
duration = "1h"
`;
}

export async function makeHome(options: HomeOptions = {}): Promise<Home> {
  const sandbox = await startSandbox(options.sandbox);
  const around = mkdtempSync(join(tmpdir(), "awst-test-"));
  const path = join(around, "home");
  const bin = join(around, "bin");
  const runtime = makeRuntimeFolder(around);
  for (const folder of [path, bin]) mkdirSync(folder, { mode: 0o700 });
  const clock = join(around, "clock");
  const seed = join(around, "seed");
  const asked = join(around, "codes-asked");
  writeFileSync(clock, "0");
  writeFileSync(seed, sandbox.main.seed, { mode: 0o600 });
  writeScript(join(bin, "awst"), `exec ${awstCommand().map(quote).join(" ")} "$@"`);
  const phone = [process.execPath, `${root}/tools/mfa-code.cjs`, seed, asked];
  writeScript(join(bin, "mfa-code"), `exec ${phone.map(quote).join(" ")}`);
  let ahead = 0;

  const env = withChanges(
    {
      HOME: path,
      PATH: `${bin}:${process.env.PATH ?? "/usr/bin:/bin"}`,
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      TMPDIR: tmpdir(),
      XDG_CONFIG_HOME: join(path, ".config"),
      XDG_STATE_HOME: join(path, ".local/state"),
      XDG_DATA_HOME: join(path, ".local/share"),
      XDG_CACHE_HOME: join(path, ".cache"),
      XDG_RUNTIME_DIR: runtime,
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_ENDPOINT_URL_SIGNIN: sandbox.url,
      AWS_EC2_METADATA_DISABLED: "true",
      AWST_KEYCHAIN: "file",
      AWST_KEYCHAIN_PASSPHRASE: "correct horse battery staple",
      NODE_OPTIONS: ["shift-clock", "cheap-scrypt", "code-cache"]
        .map((name) => `--require ${root}/test/support/${name}.cjs`)
        .join(" "),
      SHIFT_CLOCK_FILE: clock,
    },
    typeof options.env === "function" ? options.env(sandbox) : options.env,
  );

  const stateFolder = join(path, ".local/state/awst");
  const home: Home = {
    path,
    around,
    env,
    sandbox,
    awst: (args, how) => home.run([...awstCommand(), ...args], how),
    start: (args, how = {}) =>
      startProcess([...awstCommand(), ...args], {
        env: home.envWith(how.env),
        input: how.input,
        cwd: path,
      }),
    run: (command, how = {}) =>
      runProcess(command, { env: home.envWith(how.env), input: how.input, cwd: path }),
    envWith: (more) => withChanges(env, more),
    read: (name) => {
      const file = join(path, name);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    },
    write: (name, text, mode = 0o600) => {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, text, { mode });
      chmodSync(file, mode);
    },
    code: () => sandbox.code(),
    codesAsked: () =>
      existsSync(asked) ? readFileSync(asked, "utf8").trim().split("\n").length : 0,
    moveClock: (seconds) => {
      ahead += seconds;
      sandbox.clock.advance(seconds);
      // At once: a process that reads while it is written would be at the real time for a moment.
      writeFileSync(`${clock}.new`, String(ahead));
      renameSync(`${clock}.new`, clock);
    },
    remove: async () => {
      await sandbox.stop();
      rmSync(runtime, { recursive: true, force: true });
      // The key of a store that was unlocked without XDG_RUNTIME_DIR.
      rmSync(unlockedKeyPath(`/dev/shm/awst-${process.getuid?.()}`, stateFolder), { force: true });
      // A detached process may still write its last output. rmSync does not remove files that appear meanwhile.
      await rm(around, { recursive: true, force: true, maxRetries: 10 });
    },
    [Symbol.asyncDispose]: () => home.remove(),
  };

  const configuration =
    options.configuration === undefined ? plainConfiguration(sandbox) : options.configuration;
  if (configuration !== null) home.write(".config/awstools/config.toml", configuration);
  if (options.keyInProfile ?? true) home.write(".aws/credentials", keyLines(sandbox));
  return home;
}

/** The key of a new user who may do everything, for the environment: no session has to be made first. */
export function administratorKey({ cloud, main }: Sandbox): Readonly<Record<string, string>> {
  const account = cloud.account(main.accountId);
  const Statement = { Effect: "Allow" as const, Action: "*", Resource: "*" };
  const document = { Version: "2012-10-17", Statement };
  account.addUser("operator", { policies: [{ name: "All", document }] });
  const { id, secret } = account.addKey("operator");
  return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
}

/** The long-term key as `aws configure` leaves it. */
export function keyLines(sandbox: { readonly main: SeededKeyOwner }): string {
  return `[main-account]
aws_access_key_id = ${sandbox.main.accessKeyId}
aws_secret_access_key = ${sandbox.main.secretAccessKey}
`;
}

function writeScript(file: string, line: string): void {
  writeFileSync(file, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

function quote(arg: string): string {
  return `'${arg.replaceAll("'", `'\\''`)}'`;
}

// As a session manager makes it: the user's own, in memory. Where memory is not mounted, a plain folder.
function makeRuntimeFolder(around: string): string {
  const tmpfs = 0x01021994;
  try {
    if (statfsSync("/dev/shm").type === tmpfs) return mkdtempSync("/dev/shm/awst-test-");
  } catch {
    // no /dev/shm on this system
  }
  const folder = join(around, "run");
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function withChanges(
  env: Readonly<Record<string, string>>,
  changes: RunOptions["env"],
): Record<string, string> {
  const result: Record<string, string> = { ...env };
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value === undefined) delete result[name];
    else result[name] = value;
  }
  return result;
}
