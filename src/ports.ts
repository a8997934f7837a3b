// The shape of the outside: interfaces only. In `Context`, what returns a promise costs something (it
// loads a library, starts a process, prompts); plain members are free.

import type { Clock } from "./model/clock.ts";
import type {
  CheckedConfiguration,
  Configuration,
  KeychainBackend,
  Problem,
} from "./model/configuration/configuration.ts";
import type { PathFacts } from "./model/doctor/path-findings.ts";
import type { Env } from "./model/environment.ts";
import type { LockName } from "./model/lock-names.ts";
import type { AmbientCredentials } from "./model/profile/ambient-plan.ts";
import type { AwsFileTexts, FileProblems } from "./model/profile/profile-sections.ts";
import type { Secret } from "./model/secret.ts";
import type { Keys } from "./model/session/session.ts";
import type { StateFile } from "./model/state-file.ts";
import type { Aws } from "./ports/aws.ts";
import type { Detached, Notifier, Scheduler } from "./ports/background.ts";
import type { Browser, SignIn } from "./ports/console.ts";
import type { Iam } from "./ports/iam.ts";
import type { Dialog, Qr, Terminal } from "./ports/prompts.ts";
import type { CredentialsServer } from "./ports/serving.ts";

export type Needs<K extends keyof Context> = Pick<Context, K>;

export interface Context {
  /** The process's environment as it was at the start. */
  readonly env: Env;
  readonly paths: Paths;
  /** The absolute command that starts this program again: [node, bin/awst.js], or [awst]. */
  readonly program: readonly string[];
  /** The same for lines that are read later, with paths that outlast upgrades. `write`: may write a launcher. */
  stableProgram(how: "read" | "write"): Promise<StableProgram>;
  /** The same process's context with the global options of another line of awst: `--env`, `--config`. */
  reopen(options: {
    readonly command: string;
    readonly env: Readonly<Record<string, string>>;
    readonly configuration: string | undefined;
  }): Context;
  readonly quiet: boolean;
  readonly processId: number;
  now(): Date;
  /** Milliseconds of a clock that never jumps: what measures how long something takes. */
  monotonic(): number;
  /** Returns this machine's time and AWS's, as AWS's last responses showed it. */
  clock(): Clock;
  /** Ends early, without an error, when `signal` fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Writes to stdout. Resolves when the bytes are written. */
  out(text: string): Promise<void>;
  /** Whether stdout is a terminal, not a pipe or a file. */
  outIsTerminal(): boolean;
  /** The same for stderr. */
  errIsTerminal(): boolean;
  /** Prints one line on stderr, prefixed `awst: `. Silent with --quiet. */
  say(line: string, how?: "styled"): void;
  /** Prints one redacted line on stderr, only with --debug. */
  debug(line: string): void;
  readonly state: State;
  /** A file's identity: mtime and ctime in ns, size, inode. undefined when there is none; never throws. */
  fileFingerprint(path: string): string | undefined;
  /** An ordinary file of the user's, as text (a policy, a CSV). `-`: stdin where it is piped, else "". */
  readText(path: string): Promise<string>;
  /** Writes the file completely or not at all, with mode 0600. `isNew`: fails if the file exists. `isCheck`: writes
   *  nothing, and fails where the write would, as far as that can be seen. FILE_UNWRITABLE. */
  writeText(
    path: string,
    text: string,
    how?: { readonly isNew?: boolean; readonly isCheck?: boolean; readonly isAppended?: boolean },
  ): Promise<void>;
  configurationFile(): Promise<ConfigurationFile>;
  keychain(backend: KeychainBackend): Promise<Keychain>;
  locks(): Promise<Locks>;
  /** Requests are signed with AWS's time, and every response of AWS corrects `clock()`. */
  aws(credentials: Keys, region: string): Promise<Aws>;
  iam(credentials: Keys, region: string): Promise<Iam>;
  awsFiles(): Promise<AwsFiles>;
  pathInspector(): Promise<PathInspector>;
  ambient(): Promise<Ambient>;
  terminal(): Promise<Terminal>;
  dialog(): Promise<Dialog>;
  qr(): Promise<Qr>;
  children(): Promise<Children>;
  signIn(): Promise<SignIn>;
  browser(): Promise<Browser>;
  credentialsServer(): Promise<CredentialsServer>;
  scheduler(): Promise<Scheduler>;
  detached(): Promise<Detached>;
  notifier(): Promise<Notifier>;
}

export interface StableProgram {
  /** What a scheduler starts; it defines the environment itself. */
  readonly program: readonly string[];
  /** The start of a process line: the program, and the environment that it needs (`--env`). */
  readonly line: readonly string[];
}

export interface Paths {
  readonly home: string;
  readonly configuration: string;
  /** Whether --config or AWST_CONFIG named it: process lines then repeat it. */
  readonly configurationIsNamed: boolean;
  /** Where the configuration is that no option and no variable names. */
  readonly defaultConfiguration: string;
  /** The state of this configuration. */
  readonly state: string;
  /** What configurations share: locks, the choice of the keychain, the sealed file. */
  readonly sharedState: string;
  /** Comes before the names of this configuration's items in the keychain; "" for the default configuration. */
  readonly itemPrefix: string;
  /** The user's own folder in memory: `$XDG_RUNTIME_DIR/awst`, or what a system without a login session has. */
  readonly runtime: string | undefined;
  readonly awsConfig: string;
  readonly awsCredentials: string;
}

/** Small JSON files without secrets, in a folder with mode 0700. A lost file costs time, never data. */
export interface State {
  /** Returns the file's value. A missing or damaged file is decoded from undefined. FILE_UNREADABLE: the file
   *  belongs to another user, or is a pipe or a device; that is never read as nothing. */
  read<T>(file: StateFile<T>): T;
  /** Replaces the whole file. A failure is printed with --debug and otherwise ignored. */
  write<T>(file: StateFile<T>, value: NoInfer<T>): void;
  /** Replaces `NAME.txt`, plain text that shells read without awst. */
  replaceText(name: string, text: string): void;
  /** Of the files whose names begin so: deletes those that were written this long before the newest one. */
  removeOld(prefix: string, ageMs: number): void;
  /** Reads, changes and writes the file while it owns the file's lock. `change` returns undefined to
   *  leave the file as it is. A failure is printed with --debug and otherwise ignored, as in `write`: who
   *  needs the value stored reads it back. */
  update<T>(file: StateFile<T>, change: (old: T) => T | undefined): Promise<void>;
  /** Appends one line to `history.jsonl`: what was issued or changed, when, by which command; never a secret. */
  record(event: string, facts: Readonly<Record<string, string | number | boolean>>): void;
}

/** Returns every mistake in the table `[admin]`; `path` is the table's, as the file spells it. */
export type CheckAdmin = (
  table: unknown,
  path: readonly (string | number)[],
) => Promise<readonly Problem[]>;

/** Returns remarks on the names in a valid configuration. */
export type CheckNames = (configuration: Configuration) => readonly Problem[];

export interface ConfigurationFile {
  /** CONFIGURATION_MISSING, or CONFIGURATION_INVALID with every mistake, line and column. `checkAdmin`: also checks the
   *  table `[admin]`, which users' commands don't read. */
  load(checkAdmin?: CheckAdmin): Promise<{ configuration: Configuration; fingerprint: string }>;
  /** Returns mistakes instead of throwing. CONFIGURATION_MISSING, _INVALID (not a text file), FILE_UNREADABLE. */
  check(checkAdmin?: CheckAdmin, checkNames?: CheckNames): Promise<CheckedConfiguration>;
  /** The file's text. Errors: those of `check`. */
  text(): Promise<string>;
  /** Checks a text before it is written. */
  checkText(text: string): Promise<CheckedConfiguration>;
  /** What decides whether commands in the file are run. FILE_UNREADABLE, CONFIGURATION_MISSING. */
  source(): Promise<ConfigurationSource>;
}

export interface ConfigurationSource {
  /** A hash of the file's bytes. */
  readonly hash: string;
  /** The file in the default location, also under another path. */
  readonly isDefault: boolean;
  /** Why other users can change the file, for a message; undefined: they cannot. */
  readonly openTo: string | undefined;
}

/** One store, which the first write chooses. Errors: KEYCHAIN_LOCKED, _UNREACHABLE, _PASSPHRASE_NEEDED, _REFUSED,
 *  _TOO_LARGE, _DAMAGED. */
/** `usual-folder`: the sealed file in the usual state folder, where XDG_STATE_HOME names another one. */
export type OtherStore = "system" | "file" | "usual-folder";

export interface Keychain {
  /** undefined until the first write. */
  readonly kind: "system" | "file" | undefined;
  read(item: string): Promise<Secret | undefined>;
  /** Writes the item and reads it back. KEYCHAIN_DAMAGED if they differ. */
  write(item: string, value: Secret): Promise<void>;
  /** A missing item is not an error. `from`: the store that has the item; undefined: the keychain in use. */
  remove(item: string, from?: "system" | "file"): Promise<void>;
  /** Which other store has the item, or may have it. Changes nothing. KEYCHAIN_* where no store is chosen and the
   *  system's keychain can't be read. */
  findElsewhere(item: string): Promise<OtherStore | undefined>;
  /** Chooses and makes the store where there is none, which may prompt for a new passphrase. */
  prepare(): Promise<void>;
  /** Deletes the cached key of a sealed file. Does nothing for the system's keychain. */
  lock(): Promise<void>;
  /** Changes the passphrase of the sealed file, which must be the keychain in use. `path`: the file that has the new
   *  one; undefined: asks for it. Errors: KEYCHAIN_*. */
  changePassphrase(path: string | undefined): Promise<PassphraseChange>;
}

export interface PassphraseChange {
  /** The key file that opened the sealed file before; it is not deleted. */
  readonly keyFile: string | undefined;
}

export interface Locks {
  /**
   * Returns when this process has the lock. The caller releases it in the same function:
   * `await using lock = await locks.acquire(…)`. The kernel releases it when the process dies.
   * Every wait ends: after `waitMs`, after a bounded time, or soon where the owner is a stopped process.
   * Errors: WAIT_TIMED_OUT, FILE_UNWRITABLE.
   */
  acquire(name: LockName, options: LockOptions): Promise<Lock>;
  /** Deletes what is left of the locks of role sessions that no process used for a day. Never fails. */
  removeUnused(): void;
}

export interface LockOptions {
  /** What this process does, as waiting processes print it: `assume main DeveloperAccess`.
   *  The process id is added. */
  readonly owner: string;
  /** WAIT_TIMED_OUT after this time; undefined: 2 minutes, for a silent wait 15 s. */
  readonly waitMs?: number | undefined;
  /** Prints `waiting for OWNER to finish` only after 2 s: for locks that are released after milliseconds. */
  readonly isSilent?: boolean;
}

/** `await using` releases it; adapters on the warm path call `release`. */
export interface Lock extends AsyncDisposable {
  /** When this process began to wait; undefined when the lock was free. */
  readonly waitedSince: Date | undefined;
  /** Deletes what the lock leaves behind, for a session that is gone. Only the lock's owner may call it. Never fails. */
  retire(): void;
  release(): Promise<void>;
}

/** AWS's own two files, edited losslessly and atomically. */
export interface AwsFiles {
  read(): Promise<AwsFileTexts>;
  /** Under the lock: reads both, writes those that `change` changed, returns its result. `each`: a file that can't
   *  be read or written does not stop the other one. It becomes a problem, stays as it is, and `change` is called
   *  again. Errors: FILE_*, WAIT_TIMED_OUT. */
  edit<T>(
    change: (texts: AwsFileTexts, problems?: FileProblems) => { texts: AwsFileTexts; result: T },
    how?: "each",
  ): Promise<T>;
  /** Whether other users of this machine may read the credentials file. */
  isOpenToOthers(): Promise<boolean>;
  /** Why other users can change one of the files, for a message; undefined: they cannot. */
  openTo(): Promise<string | undefined>;
}

/** Inspects paths without a change, and without opening a pipe or a device. */
export interface PathInspector {
  inspect(path: string): PathFacts;
  /** Returns paths inside a folder that belong to another user: two levels deep, three paths at most. */
  findForeign(folder: string): readonly string[];
  /** Whether this process runs as root. */
  readonly isRoot: boolean;
}

/** Credentials as other tools find them: from a profile, or from the SDK's chain. CREDENTIALS_MISSING. */
export interface Ambient {
  askProcess(line: string): Promise<AmbientCredentials>;
  askChain(profile: string | undefined): Promise<AmbientCredentials>;
}

export interface RunOptions {
  /** Each line that the program prints gets this prefix, and it has no stdin. */
  readonly prefix?: string | undefined;
  /** A descriptor of this process that the program inherits. */
  readonly inherits?: number | undefined;
}

export interface Children {
  /** Runs a shell command of the configuration and returns its stdout. CODE_COMMAND_FAILED, without its output. */
  capture(command: string, how: { readonly timeoutMs: number }): Promise<Secret>;
  /** Runs a program in this terminal: signals pass through; its exit status (128 + n for a signal). */
  run(command: readonly string[], env: Env, how?: RunOptions): Promise<number>;
}
