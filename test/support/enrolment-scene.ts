// A user with a phone at the fake machine: scans the QR code's text, types the codes that the phone shows,
// and reports afterwards which devices, seeds and journal entries are left.

import { command as addDevice } from "../../src/commands/mfa/add.ts";
import { command as listDevices } from "../../src/commands/mfa/list.ts";
import { command as removeDevice } from "../../src/commands/mfa/remove.ts";
import { command as replaceDevice } from "../../src/commands/mfa/replace.ts";
import { command as resyncDevice } from "../../src/commands/mfa/resync.ts";
import type { Identity } from "../../src/model/configuration/configuration.ts";
import { AwstError } from "../../src/model/errors.ts";
import { encodeAccessKey } from "../../src/model/key/access-key.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Question } from "../../src/ports/prompts.ts";
import { fakeDevice } from "./fake-aws.ts";
import {
  configurationOf,
  type FakeContext,
  type FakeMachine,
  type FakeProcess,
  makeFakeMachine,
  role,
} from "./fake-context.ts";
import { fakePolicies } from "./fake-iam.ts";
import { type Mortal, makeMortal } from "./mortal-context.ts";
import { runCommand } from "./run-command.ts";

export type PolicyName = keyof typeof fakePolicies;
export const policyNames = Object.keys(fakePolicies) as readonly PolicyName[];

const commands = {
  add: addDevice,
  list: listDevices,
  remove: removeDevice,
  replace: replaceDevice,
  resync: resyncDevice,
};

export interface Typed {
  readonly command: keyof typeof commands;
  readonly name?: string;
  readonly options?: Readonly<Record<string, string | true>>;
}

export interface RunEnd {
  /** undefined: the command succeeded. */
  readonly error: unknown;
  readonly messages: readonly string[];
  readonly asked: readonly string[];
  readonly printed: string;
  readonly mortal: Mortal;
}

export interface RunHow {
  readonly stopAt?: number;
  readonly dieAt?: number;
  readonly types?: Types;
  /** No terminal. */
  readonly alone?: boolean;
  /** Makes the context; by default the one of `machine.process`. */
  readonly within?: (machine: FakeMachine, process: FakeProcess) => FakeContext;
}

export interface EnrolmentScene {
  readonly machine: FakeMachine;
  /** The messages of all runs. */
  readonly messages: string[];
  /** `stopAt`: Ctrl-C at this prompt, counted from 0. `dieAt`: see `makeMortal`. */
  run(typed: Typed, how?: RunHow): Promise<RunEnd>;
  serial(name: string): string;
  /** Devices that no user has enabled and that no message names. */
  strays(): readonly string[];
  /** Enabled devices whose seed is on the phone or stored. */
  working(): readonly string[];
  /** Unfinished journal entries and a pending seed; undefined: none. */
  pending(): string | undefined;
  storedSeeds(): readonly string[];
}

/** Returns an answer; undefined: what a user with the phone would type. */
type Types = (question: Question) => string | undefined;

export function makeEnrolmentScene(
  policy: PolicyName,
  devices: readonly string[] = [],
  identity: Partial<Identity> = {},
): EnrolmentScene {
  const machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4)], identity));
  const { aws, iam, items, state } = machine;
  const serial = (name: string) => `arn:aws:iam::111111111111:mfa/${name}`;
  const accessKeyId = "AKIAFAKEFAKEFAKEFAKE";
  const secretAccessKey = new Secret("x".repeat(40));
  items.set("key/main-account", encodeAccessKey({ accessKeyId, secretAccessKey }));
  iam.policy = fakePolicies[policy];
  iam.virtualDevices.delete(fakeDevice);
  aws.devices = devices.map(serial);
  for (const each of aws.devices) {
    iam.virtualDevices.set(each, { seed: undefined, enabledAt: machine.time });
  }
  const phone = new Set<string>();
  const messages: string[] = [];

  const scan = (shown: readonly string[]) => {
    const text = shown.join("\n").replace(/\n {9}/g, " ");
    for (const [, key = ""] of text.matchAll(/^key: +([A-Z2-7 ]+)$/gm)) {
      phone.add(key.replaceAll(" ", ""));
    }
  };
  const hasSeed = (device: string) => {
    const seed = iam.virtualDevices.get(device)?.seed;
    return seed === undefined || phone.has(seed);
  };
  const stepNow = () => Math.floor((machine.time.getTime() + machine.skewMs) / 30_000);
  const typeAnswer = ({ text }: Question): string => {
    if (!/\bcode\b/i.test(text)) return "y";
    const name = /\bof ([\w-]+)/.exec(text)?.[1] ?? "";
    if (!hasSeed(serial(name))) throw new Error(`the phone has no ${name}: ${text}`);
    if (/^Next code/.test(text)) machine.advance(30);
    return aws.codeShown(serial(name), stepNow());
  };

  const run: EnrolmentScene["run"] = async (typed, how = {}) => {
    let questions = 0;
    let shown: readonly string[] = [];
    let scanned = 0;
    const scanNew = () => {
      if (shown.length > scanned) scan(shown);
      scanned = shown.length;
    };
    const ask = (question: Question) => {
      scanNew();
      if (questions++ === how.stopAt) throw new AwstError("INTERRUPTED", "interrupted");
      return how.types?.(question) ?? typeAnswer(question);
    };
    const process = how.alone ? {} : { types: ask };
    const context = how.within?.(machine, process) ?? machine.process(process);
    const printed: string[] = [];
    shown = context.shown;
    const out = async (text: string) => void printed.push(text);
    const mortal = makeMortal({ ...context, out }, how.dieAt);
    const argv = Object.entries(typed.options ?? {}).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : [`--${name}`, value],
    );
    if (typed.name !== undefined) argv.unshift(typed.name);
    const error = await runCommand(commands[typed.command], mortal.context, argv).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    scanNew();
    messages.push(...context.messages);
    return {
      error,
      messages: context.messages,
      asked: context.asked,
      printed: printed.join(""),
      mortal,
    };
  };

  return {
    machine,
    messages,
    run,
    serial,
    strays: () =>
      [...iam.virtualDevices.keys()]
        .filter((device) => !aws.devices.includes(device))
        .filter((device) => !messages.some((line) => line.includes(`--serial-number ${device}`))),
    working: () =>
      aws.devices.filter((device) => {
        const item = items.get(`mfa-seed/main-account/${encodeURIComponent(device)}`);
        const seed = iam.virtualDevices.get(device)?.seed;
        return hasSeed(device) || (seed !== undefined && item?.reveal().includes(seed) === true);
      }),
    pending: () => {
      const {
        userName: _userName,
        seal: _seal,
        ...unfinished
      } = (state.get("mfa-main-account") ?? {}) as object & {
        userName?: string;
        seal?: string;
      };
      const left = Object.keys(unfinished);
      if (items.has("pending-mfa-seed/main-account")) left.push("a seed");
      return left.length === 0 ? undefined : left.join(", ");
    },
    storedSeeds: () => [...items.keys()].filter((item) => item.startsWith("mfa-seed/")),
  };
}
