// The shape of the outside: interfaces only. In `Context`, what returns a promise costs something (it
// loads a library, starts a process, asks a person); plain members are free.

import type {
  CheckedConfiguration,
  Configuration,
  KeychainBackend,
} from "./model/configuration/configuration.ts";
import type { AmbientCredentials } from "./model/profile/ambient-plan.ts";
import type { AwsFileTexts } from "./model/profile/aws-profiles.ts";
import type { Secret } from "./model/secret.ts";
import type { Keys } from "./model/session/session.ts";
import type { Aws, AwsSite } from "./ports/aws.ts";
import type { Detached, Notifier, Scheduler } from "./ports/background.ts";
import type { Browser, SignIn } from "./ports/console.ts";
import type { Iam } from "./ports/iam.ts";
import type { Dialog, Terminal } from "./ports/people.ts";
import type { Qr } from "./ports/qr.ts";
import type { CredentialsServer } from "./ports/serving.ts";

export type Env = Readonly<Record<string, string | undefined>>;
export type Needs<K extends keyof Context> = Pick<Context, K>;

export interface Context {
  /** The process's environment as it was at the start. */
  readonly env: Env;
  readonly paths: Paths;
  /** The absolute words that start this program again: [node, bin/awst.js], or [awst]. */
  readonly program: readonly string[];
  readonly quiet: boolean;
  readonly processId: number;
  now(): Date;
  /** Ends early, without an error, when `signal` fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** stdout: the product. Resolves when the bytes are out. */
  out(text: string): Promise<void>;
  /** Whether stdout is a person's terminal, not a pipe or a file. */
  outIsTerminal(): boolean;
  /** stderr: the talk, one line, prefixed `awst: `. Silent with --quiet. */
  say(line: string): void;
  /** stderr with --debug alone; redacted. */
  debug(line: string): void;
  readonly state: State;
  /** A file's identity: mtime and ctime in ns, size, inode. undefined when there is none. */
  stamp(path: string): string | undefined;
  /** An ordinary file of the user's, as text (a policy, a CSV). `-`: stdin where it is piped, else "". */
  readText(path: string): Promise<string>;
  /** Whole or not at all, mode 0600. `isNew`: a file that is there already stays. FILE_UNWRITABLE. */
  writeText(path: string, text: string, how?: { readonly isNew?: boolean }): Promise<void>;
  configurationFile(): Promise<ConfigurationFile>;
  keychain(backend: KeychainBackend): Promise<Keychain>;
  locks(): Promise<Locks>;
  aws(credentials: Keys, at: AwsSite): Promise<Aws>;
  iam(credentials: Keys, at: AwsSite): Promise<Iam>;
  awsFiles(): Promise<AwsFiles>;
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

export interface Paths {
  readonly home: string;
  readonly configuration: string;
  /** Whether --config or AWST_CONFIG named it: process lines then repeat it. */
  readonly configurationIsNamed: boolean;
  readonly state: string;
  /** `$XDG_RUNTIME_DIR/awst`, where that is the user's own. */
  readonly runtime: string | undefined;
  readonly awsConfig: string;
  readonly awsCredentials: string;
}

/** Small JSON files without a secret, in a folder of mode 0700. */
export interface State {
  /** undefined when absent, torn or unreadable: state is a memory, never the truth. */
  read(name: string): unknown;
  /** Replaces the file whole. A failure is said with --debug and otherwise ignored. */
  replace(name: string, value: unknown): void;
  /** The same for `NAME.txt`, plain text that shells read by themselves. */
  replaceText(name: string, text: string): void;
  /** Read, change, replace, under the file's lock. `change` returning undefined leaves it. */
  update(name: string, change: (old: unknown) => unknown): Promise<void>;
  /** One line of `history.jsonl`: what was issued or changed, when, by which command; never a secret. */
  record(event: string, facts: Readonly<Record<string, string | number | boolean>>): void;
}

export interface ConfigurationFile {
  /** CONFIGURATION_MISSING, or CONFIGURATION_INVALID with every mistake, line and column. */
  load(): Promise<{ configuration: Configuration; stamp: string }>;
  /** Mistakes as values. CONFIGURATION_MISSING, _INVALID for what is no text, FILE_UNREADABLE. */
  check(): Promise<CheckedConfiguration>;
}

/** One store, chosen once. KEYCHAIN_LOCKED, _UNREACHABLE, _PASSPHRASE_NEEDED, _REFUSED, _TOO_LARGE, _DAMAGED. */
export interface Keychain {
  /** undefined until the first write chose one. */
  readonly kind: "system" | "file" | undefined;
  read(item: string): Promise<Secret | undefined>;
  write(item: string, value: Secret): Promise<void>;
  /** Absent already: no error. */
  remove(item: string): Promise<void>;
  /** Forgets the unlock of a sealed file; nothing for the system's store. */
  lock(): Promise<void>;
}

export interface Locks {
  /**
   * Does `work` while holding the lock; the kernel releases it when the process dies. A name is
   * letters, digits, `-`. Waits without end, or `waitMs` and then WAIT_TIMED_OUT.
   * `onWait` is called once, when somebody else holds it, with what that one wrote as `holder`.
   */
  hold<T>(name: string, how: LockHow, work: (turn: Turn) => Promise<T>): Promise<T>;
}

export interface LockHow {
  readonly waitMs?: number | undefined;
  readonly holder: string;
  readonly onWait?: ((holder: string | undefined) => void) | undefined;
}

export interface Turn {
  /** When this process began to wait; undefined when it did not have to. */
  readonly waitedSince: Date | undefined;
}

/** AWS's own two files, edited losslessly and atomically. */
export interface AwsFiles {
  read(): Promise<AwsFileTexts>;
  /** Under the lock: reads both, writes those that `change` changed, returns what it tells. */
  edit<T>(change: (texts: AwsFileTexts) => { texts: AwsFileTexts; result: T }): Promise<T>;
  /** Whether other users of this machine may read the credentials file. */
  isOpenToOthers(): Promise<boolean>;
}

/** Credentials as other tools find them: by a profile's line, by the SDK's chain. CREDENTIALS_MISSING. */
export interface Ambient {
  askProcess(line: string): Promise<AmbientCredentials>;
  askChain(profile: string | undefined): Promise<AmbientCredentials>;
}

export interface Children {
  /** A shell command of the configuration's; its stdout. CODE_COMMAND_FAILED, never with its output. */
  capture(command: string, how: { readonly timeoutMs: number }): Promise<Secret>;
  /** Runs a program in this terminal: signals pass through; its exit status (128 + n for a signal). */
  run(words: readonly string[], env: Env): Promise<number>;
}
