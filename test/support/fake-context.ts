// A context in memory: one machine (state, keychain, locks, AWS's files), on which any number of
// processes run, each with its own environment and its own user at the terminal.

import { decodeStored, encodeStored, openClock } from "../../src/adapters/file/state.ts";
import { verifyWrite } from "../../src/adapters/keychain/open.ts";
import type {
  Account,
  Configuration,
  Identity,
  Role,
} from "../../src/model/configuration/configuration.ts";
import type { Env } from "../../src/model/environment.ts";
import { AwstError } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Aws } from "../../src/ports/aws.ts";
import type { Iam } from "../../src/ports/iam.ts";
import type { Question } from "../../src/ports/prompts.ts";
import type { Context, Keychain, Lock, State } from "../../src/ports.ts";
import { type FakeAws, makeFakeAws } from "./fake-aws.ts";
import { type FakeIam, makeFakeIam } from "./fake-iam.ts";
import { wrapMembers } from "./wrap-members.ts";

export interface FakeMachine {
  readonly aws: FakeAws;
  readonly iam: FakeIam;
  readonly state: Map<string, unknown>;
  readonly items: Map<string, Secret>;
  readonly history: string[];
  /** The arguments of every awst that was started in the background. */
  readonly started: string[];
  /** What was shown on the desktop. */
  readonly shown: string[];
  configuration: Configuration;
  configurationStamp: string;
  credentials: string | undefined;
  /** The machine's clock; AWS's is `skewMs` ahead of it. */
  time: Date;
  skewMs: number;
  advance(seconds: number): void;
  /** Sets the machine's clock, as a user or a time server does. No time passes. */
  setClock(seconds: number): void;
  process(options?: FakeProcess): FakeContext;
}

export interface FakeProcess {
  readonly env?: Env;
  /** What the user at the terminal types, question by question; undefined: no terminal. */
  readonly types?: (question: Question) => string | Promise<string>;
  /** What the [mfa] command prints. */
  readonly command?: () => string | Promise<string>;
}

export interface FakeContext extends Context {
  readonly messages: string[];
  readonly asked: string[];
  /** On the terminal device alone. */
  readonly shown: string[];
}

const mainIdentity: Identity = {
  name: "main-account",
  accountId: "111111111111",
  awsProfile: "main-account",
  mfaSessionProfile: "main-account-mfa",
  region: undefined,
  device: undefined,
  command: undefined,
  prompt: ["terminal", "gui"],
  keyRotationIntervalMinutes: 10080,
};

export function role(name: string, hours: number, more: Partial<Role> = {}): Role {
  return {
    name,
    durationSeconds: hours * 3600,
    session: "renew",
    policyArns: [],
    tags: {},
    sourceIdentity: undefined,
    sessionName: undefined,
    via: undefined,
    ...more,
  };
}

export function configurationOf(
  roles: readonly Role[],
  identity: Partial<Identity> = {},
): Configuration {
  const account: Account = {
    name: "main-account",
    id: "111111111111",
    region: undefined,
    roles: undefined,
    externalId: undefined,
    identity: undefined,
  };
  const main = { ...mainIdentity, ...identity };
  return {
    path: "/home/user/.config/awstools/config.toml",
    defaultRegion: "eu-west-1",
    defaultIdentity: main.name,
    identities: new Map([[main.name, main]]),
    accounts: new Map([[account.name, account]]),
    aliases: new Map(),
    roles: new Map(roles.map((each) => [each.name, each])),
    rolesAreConfigured: true,
    keychainBackend: "auto",
    lockAfterSeconds: undefined,
    signInHosts: [],
    writeProfiles: ["{account} {role}", "{account}/{role}"],
    writePrint: undefined,
    writeMode: "process",
    remarks: [],
  };
}

export function makeFakeMachine(configuration: Configuration): FakeMachine {
  const locks = new Map<string, Promise<void>>();
  const owners = new Map<string, string>();
  let processes = 0;
  let clockSetByMs = 0;
  const awsTime = () => new Date(machine.time.getTime() + machine.skewMs);
  const aws = makeFakeAws(awsTime);
  const machine: FakeMachine = {
    aws,
    iam: makeFakeIam(aws, awsTime),
    state: new Map(),
    items: new Map(),
    history: [],
    started: [],
    shown: [],
    configuration,
    configurationStamp: "1",
    credentials: undefined,
    time: new Date("2026-03-01T12:00:00Z"),
    skewMs: 0,
    advance: (seconds) => {
      machine.time = new Date(machine.time.getTime() + seconds * 1000);
    },
    setClock: (seconds) => {
      machine.advance(seconds);
      machine.skewMs -= seconds * 1000;
      clockSetByMs += seconds * 1000;
    },
    process: (options = {}) => openProcess(options),
  };
  for (const each of configuration.roles.values()) {
    const arn = `arn:aws:iam::111111111111:role/${each.name}`;
    machine.aws.roles.set(arn, { maxAgeSeconds: each.durationSeconds });
  }
  return machine;

  function openProcess(options: FakeProcess): FakeContext {
    processes += 1;
    const messages: string[] = [];
    const asked: string[] = [];
    const shown: string[] = [];
    const ask = async (question: Question): Promise<Secret> => {
      asked.push(question.text);
      if (!options.types) throw new Error("there is no terminal");
      return new Secret(await options.types(question));
    };
    const unused = () => {
      throw new Error("not in this fake");
    };
    const now = () => machine.time;
    const say = (line: string) => void messages.push(line);
    const state = makeFakeState(machine.state, now, (event) => void machine.history.push(event));
    const time = openClock({ state, now, say });
    const acquire = async (
      name: string,
      ownerText: string,
      onWait?: (owner: string | undefined) => void,
    ): Promise<Lock> => {
      const before = locks.get(name);
      if (before) onWait?.(owners.get(name));
      const waitedSince = before && machine.time;
      let release = () => {};
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      locks.set(name, before ? before.then(() => mine) : mine);
      await before;
      owners.set(name, ownerText);
      const dispose = async () => {
        if (locks.get(name) === mine) locks.delete(name);
        release();
      };
      return { waitedSince, retire() {}, release: dispose, [Symbol.asyncDispose]: dispose };
    };
    const processId = processes;
    return {
      messages,
      asked,
      shown,
      env: options.env ?? {},
      paths: {
        home: "/home/user",
        configuration: configuration.path,
        configurationIsNamed: false,
        defaultConfiguration: configuration.path,
        state: "/home/user/.local/state/awst",
        sharedState: "/home/user/.local/state/awst",
        itemPrefix: "",
        runtime: undefined,
        awsConfig: "/home/user/.aws/config",
        awsCredentials: "/home/user/.aws/credentials",
      },
      program: ["/usr/bin/node", "/opt/awst/bin/awst.js"],
      stableProgram: async () => ({
        program: ["/usr/bin/node", "/opt/awst/bin/awst.js"],
        line: ["/usr/bin/node", "/opt/awst/bin/awst.js"],
      }),
      reopen: () => unused(),
      quiet: false,
      processId,
      now,
      monotonic: () => machine.time.getTime() - clockSetByMs,
      clock: time.clock,
      sleep: async (milliseconds) => machine.advance(milliseconds / 1000),
      out: async () => {},
      outIsTerminal: () => false,
      errIsTerminal: () => false,
      say,
      debug: () => {},
      state,
      fileFingerprint: (path) =>
        path === configuration.path ? machine.configurationStamp : (machine.credentials ?? ""),
      readText: async () => unused(),
      writeText: async () => unused(),
      configurationFile: async () => ({
        load: async () => ({
          configuration: machine.configuration,
          fingerprint: machine.configurationStamp,
        }),
        check: async () => unused(),
        text: async () => unused(),
        checkText: async () => unused(),
        source: async () => ({ hash: "hash", isDefault: true, openTo: undefined }),
      }),
      keychain: async () => fakeKeychain(machine.items),
      locks: async () => ({
        acquire: async (name, { owner, isSilent, waitMs }) => {
          if (waitMs === 0 && locks.has(name)) throw new AwstError("WAIT_TIMED_OUT", "waited 0 s");
          const onWait = (other: string | undefined) => say(`waiting for ${other} to finish`);
          return acquire(name, `${owner} (process ${processId})`, isSilent ? undefined : onWait);
        },
        removeUnused() {},
      }),
      aws: async (credentials) => withAwsTime(machine.aws.open(credentials), time.recordTime),
      iam: async (credentials) => withAwsTime(machine.iam.open(credentials), time.recordTime),
      awsFiles: async () => ({
        read: async () => ({ config: undefined, credentials: machine.credentials }),
        edit: async () => unused(),
        isOpenToOthers: async () => false,
        openTo: async () => undefined,
      }),
      pathInspector: async () => ({
        isRoot: false,
        inspect: (path) => ({
          ...{ path, kind: "file", linkTo: undefined, otherOwner: undefined },
          ...{
            whyUnreadable: undefined,
            whyUnwritable: undefined,
            isDiskFull: false,
            closedFolder: undefined,
          },
        }),
        findForeign: () => [],
      }),
      ambient: async () => unused(),
      terminal: async () => ({
        isHere: () => options.types !== undefined,
        askCode: ask,
        askSecret: ask,
        askText: async (question) => (await ask(question)).reveal(),
        confirm: async (question) => (await ask(question)).reveal() === "y",
        choose: async (question, choices) => {
          asked.push(question.text);
          const label = await options.types?.(question);
          const found = choices.find((each) => each.label === label);
          if (!found) throw new Error(`no choice ${label}`);
          return found.value;
        },
        show: async (draw) => shown.push(...draw({ columns: 100, rows: 50 })) > 0,
        countDown: async (_text, until) => {
          if (until > machine.time) machine.time = until;
        },
      }),
      dialog: async () => ({ isHere: () => false, askCode: unused }),
      qr: async () => ({ encode: () => [[true]], read: unused }),
      children: async () => ({
        capture: async () => {
          if (!options.command) throw new AwstError("CODE_COMMAND_FAILED", "no command");
          return new Secret(await options.command());
        },
        run: unused,
      }),
      signIn: async () => unused(),
      browser: async () => unused(),
      credentialsServer: async () => unused(),
      scheduler: async () => unused(),
      detached: async () => ({
        start: async (args) => {
          machine.started.push(args.join(" "));
          return true;
        },
      }),
      notifier: async () => ({
        show: async (_title, text) => {
          machine.shown.push(text);
          return true;
        },
      }),
    };
  }
}

/** State files in a map, as JSON. As in a real process, reads share a value; here no one can change it. */
export function makeFakeState(
  files: Map<string, unknown>,
  now: () => Date,
  record: State["record"] = () => {},
): State {
  const state: State = {
    read: (file) => decodeStored(file, freeze(files.get(file.name)), clock),
    write: (file, value) =>
      void files.set(file.name, freeze(JSON.parse(JSON.stringify(encodeStored(file, value))))),
    replaceText: (name, text) => void files.set(`${name}.txt`, text),
    // The map has no times.
    removeOld: () => {},
    update: async (file, change) => {
      const value = change(state.read(file));
      if (value !== undefined) state.write(file, value);
    },
    record,
  };
  const { clock } = openClock({ state, now, say: () => {} });
  return state;
}

/** Makes a JSON value unchangeable. */
function freeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) freeze(each);
  return Object.freeze(value);
}

/** Every response of AWS, also an error, corrects the clock, as in `src/adapters/aws/aws-call.ts`. */
function withAwsTime<T extends Aws | Iam>(calls: T, recordTime: (awsTime: Date) => void): T {
  return wrapMembers(calls, (_name, call) => async (...asked) => {
    try {
      const answer = await call(...asked);
      recordTime((answer as { readonly at: Date }).at);
      return answer;
    } catch (error) {
      if (error instanceof AwstError && error.awsTime) recordTime(error.awsTime);
      throw error;
    }
  });
}

/** A keychain whose writes are read back, as the real one does. */
export function verifying(keychain: Keychain): Keychain {
  return {
    ...keychain,
    write: async (item, value) => {
      await keychain.write(item, value);
      await verifyWrite(keychain.read, item, value);
    },
  };
}

function fakeKeychain(items: Map<string, Secret>): Keychain {
  return {
    kind: "file",
    read: async (item) => items.get(item),
    write: async (item, value) => void items.set(item, value),
    remove: async (item) => void items.delete(item),
    changePassphrase: async () => ({ keyFile: undefined }),
    prepare: async () => {},
    findElsewhere: async () => undefined,
    lock: async () => {},
  };
}
