// The commands of a page.
//   awst ARGS…           runs awst; the exit status must be 0.  ! awst …: it must not be 0
//   run ARGS…            runs another program in the same way
//   status N             the exit status of the last program
//   stdout REGEX, stderr REGEX     matches its output (^ and $ match lines; (?i) in front);  ! …: does not match
//   stdin FILE           the next program reads this file of the page
//   cmp FILE NAME        $HOME/FILE equals the page's file NAME; FILE can be `stdout`
//   exists FILE, contains FILE REGEX, mode FILE 600      ! negates them
//   tty ARGS…            starts a program on a terminal; until it ends:
//     ttyout REGEX       waits until the terminal shows it
//     ttyin TEXT         types TEXT and Enter;  press KEY
//     code [DEVICE [N]]  types a device's current code, or the code N steps of 30 s later, and Enter
//     end                waits for the program's end; the terminal's text is then `stdout`
//   clock +50m           moves AWS's clock and this machine's;  clock aws +7m: only AWS's
//   clock step           moves both to the start of the next 30 s step, so that codes are new and valid
//   calls N, calls AssumeRole=1 …  the number of calls to STS since the last such line
//   drift DEVICE N       moves the device's clock by N steps of 30 s
//   fault ACTION KIND [TIMES]      the sandbox breaks its next responses
//   cap 60               limits the seconds that role sessions last
//   other-key                      creates a second access key of the user: $OTHER_KEY_ID
//   units                          an organization of five accounts: the main one, two in a unit (ou-abcd-11111111),
//                                  two under the root; in 555566667777 the function's log group exists already
//   units repair                   that log group is gone
//   env NAME=VALUE, env -NAME      for all later commands
//   machine NAME                    later commands run on the machine of this user of the fixture; `machine`: back
//   organization N                 N more accounts, with the main one an organization: 444444444441, …
//   dormant ID NAME                a user of an account whose only key was not used for 200 days
//   topic NAME                     creates an SNS topic in eu-west-1
//   messages N REGEX               N messages were sent by SNS and SES so far, and the last one matches
//   skip-without PROGRAM           ends the page if the program is not installed

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { FaultKind } from "../../sandbox/faults.ts";
import { addOrganization } from "../../sandbox/fixtures/organization.ts";
import { countCalls } from "../support/calls.ts";
import { keyLines, plainConfiguration } from "../support/home.ts";
import { makeOrganization } from "../support/organization.ts";
import { awstCommand, findProgram } from "../support/processes.ts";
import { isKey, spawnPty } from "../support/pty.ts";
import type { Scene } from "./runner-page.ts";

type Command = (scene: Scene, args: readonly string[], negated: boolean) => unknown;

export const commands: Readonly<Record<string, Command>> = {
  awst: (scene, args, negated) => runToEnd(scene, [...awstCommand(), ...args], negated),
  run: runToEnd,

  status: (scene, [expected], negated) => {
    claim(String(last(scene).status) === expected, negated, `it ended with ${last(scene).status}`);
  },
  stdout: (scene, [pattern = ""], negated) => matches(last(scene).stdout, pattern, negated),
  stderr: (scene, [pattern = ""], negated) => matches(last(scene).stderr, pattern, negated),
  stdin: (scene, [name = ""]) => {
    scene.input = part(scene, name);
  },

  cmp: (scene, [file = "", name = ""], negated) => {
    const text = textOf(scene, file);
    claim(text === part(scene, name), negated, `${file} contains:\n${text}`);
  },
  exists: (scene, [file = ""], negated) => {
    claim(existsSync(join(scene.home.path, file)), negated, `${file} does not exist`);
  },
  contains: (scene, [file = "", pattern = ""], negated) => {
    matches(textOf(scene, file), pattern, negated);
  },
  mode: (scene, [file = "", expected], negated) => {
    const mode = (statSync(join(scene.home.path, file)).mode & 0o777).toString(8);
    claim(mode === expected, negated, `${file} has mode ${mode}`);
  },

  tty: (scene, [name = "", ...rest]) => {
    const [program = "", ...args] = name === "awst" ? [...awstCommand(), ...rest] : [name, ...rest];
    const env = scene.home.envWith(scene.env);
    scene.pty = spawnPty(program, args, { env, cwd: scene.home.path });
  },
  ttyout: async (scene, [pattern = ""]) => terminal(scene).expect(regexOf(pattern)),
  ttyin: (scene, [text = ""]) => {
    terminal(scene).type(text);
    terminal(scene).press("enter");
  },
  press: (scene, [key = ""]) => {
    if (!isKey(key)) throw new Error(`no key of this name: ${key}`);
    terminal(scene).press(key);
  },
  code: (scene, [device, later = "0"]) => {
    terminal(scene).type(scene.home.sandbox.code(serialOf(scene, device), Number(later)));
    terminal(scene).press("enter");
  },
  end: async (scene, _args, negated) => {
    const { status, signal } = await terminal(scene).exit;
    const stdout = terminal(scene).transcript();
    scene.pty = undefined;
    scene.answered = {
      status: status ?? 128 + (signal ?? 0),
      stdout,
      stderr: "",
      overrides: [],
      milliseconds: 0,
    };
    claim(scene.answered.status === 0, negated, `it ended with ${scene.answered.status}`);
  },

  clock: async (scene, args) => {
    const { sandbox, moveClock } = scene.home;
    const [how = "", only] = args[0] === "aws" ? [args[1], "aws"] : args;
    if (only === "aws") sandbox.clock.advance(secondsIn(how));
    else moveClock(how === "step" ? secondsToStep(sandbox.clock.now()) : secondsIn(how));
    // A running program reads the clock's file every 50 ms.
    if (scene.pty !== undefined) await setTimeout(80);
  },
  calls: (scene, expected) => {
    const counts = Object.entries(countCalls(scene.home.sandbox));
    scene.home.sandbox.forgetCalls();
    const messages = counts.map(([action, times]) => `${action}=${times}`).sort();
    const total = counts.reduce((sum, [, times]) => sum + times, 0);
    const isTotal = expected.length === 1 && /^\d+$/.test(expected[0] ?? "");
    const isEqual = isTotal
      ? String(total) === expected[0]
      : messages.join(" ") === [...expected].sort().join(" ");
    claim(isEqual, false, `the calls were: ${messages.join(" ") || "none"}`);
  },
  drift: (scene, [device, steps = ""]) => {
    const serial = serialOf(scene, device);
    if (serial !== undefined) scene.home.sandbox.cloud.device(serial).driftSteps = Number(steps);
  },
  fault: (scene, [action = "", kind = "", times = "1"]) => {
    scene.home.sandbox.faults.add({ action, kind: kind as FaultKind, times: Number(times) });
  },
  cap: (scene, [seconds = ""]) => {
    scene.home.sandbox.settings.roleSessionSecondsCap = Number(seconds);
  },

  "other-key": (scene) => {
    const { cloud, main } = scene.home.sandbox;
    scene.env["OTHER_KEY_ID"] = cloud.account(main.accountId).addKey(main.userName).id;
  },
  units: (scene, [how]) => {
    const account = (id: string) => scene.home.sandbox.cloud.account(id);
    if (how === "repair") account("555566667777").named.clear();
    else makeOrganization(scene.home.sandbox);
  },
  env: (scene, args) => {
    for (const arg of args) {
      if (arg.startsWith("-")) scene.env[arg.slice(1)] = undefined;
      else scene.env[arg.slice(0, arg.indexOf("="))] = arg.slice(arg.indexOf("=") + 1);
    }
  },
  machine: (scene, [name]) => {
    scene.machine = name;
    for (const variable of Object.keys(machineOf(""))) delete scene.env[variable];
    if (name === undefined) return;
    const { home } = scene;
    const user = home.sandbox.users[name];
    if (user === undefined) throw new Error(`the fixture has no user ${name} with a device`);
    const machine = machineOf(join(home.path, "machines", name));
    Object.assign(scene.env, machine);
    home.write(`machines/${name}/.config/awstools/config.toml`, plainConfiguration(home.sandbox));
    home.write(`machines/${name}/.aws/credentials`, keyLines({ main: user }));
  },
  organization: (scene, [count = "1"]) => {
    const ids = Array.from({ length: Number(count) }, (_, at) => String(444444444441 + at));
    addOrganization(scene.home.sandbox.cloud, scene.home.sandbox.main.accountId, ids);
  },
  dormant: (scene, [id = "", name = ""]) => {
    const { cloud, clock } = scene.home.sandbox;
    const made = new Date(clock.now().getTime() - 400 * 86_400_000);
    const used = new Date(clock.now().getTime() - 200 * 86_400_000);
    cloud.account(id).addUser(name, { createdAt: made });
    const key = cloud.account(id).addKey(name, true, made);
    key.lastUsed = { at: used, service: "s3", region: "eu-west-1" };
  },
  topic: (scene, [name = ""]) => {
    const account = scene.home.sandbox.cloud.account(scene.home.sandbox.main.accountId);
    account.topics.add(account.regionalArn("sns", "eu-west-1", name));
  },
  messages: (scene, [count, pattern = ""]) => {
    const { messages } = scene.home.sandbox.cloud.account(scene.home.sandbox.main.accountId);
    claim(String(messages.length) === count, false, `there are ${messages.length} messages`);
    matches(messages.at(-1)?.text ?? "", pattern, false);
  },

  "skip-without": (scene, [program = ""]) => {
    if (findProgram(program) === undefined) scene.skipped = `${program} is not installed`;
  },
};

/** Variables that lead a program to the folders of one machine. */
function machineOf(path: string): Readonly<Record<string, string>> {
  return {
    HOME: path,
    XDG_CONFIG_HOME: join(path, ".config"),
    XDG_STATE_HOME: join(path, ".local/state"),
    XDG_DATA_HOME: join(path, ".local/share"),
    XDG_CACHE_HOME: join(path, ".cache"),
  };
}

async function runToEnd(scene: Scene, args: readonly string[], negated: boolean): Promise<void> {
  if (scene.pty !== undefined) throw new Error("the program on the terminal has not ended");
  const input = scene.input;
  scene.input = undefined;
  scene.answered = await scene.home.run(args, { env: scene.env, input });
  claim(scene.answered.status === 0, negated, `it ended with ${scene.answered.status}`);
}

/** Of a virtual device of the sandbox's first account. */
function serialOf({ home }: Scene, device: string | undefined): string | undefined {
  return device && `arn:aws:iam::${home.sandbox.main.accountId}:mfa/${device}`;
}

/** To a second after the beginning of the next step, so that there is time to type its code. */
function secondsToStep(now: Date): number {
  return Math.ceil(30 - ((now.getTime() / 1000) % 30)) + 1;
}

/** `+50m`, `+1h30m`, `+20s`, `-7m`: seconds. */
function secondsIn(text: string): number {
  const parts = /^([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (parts === null) throw new Error(`not a length of time: ${text}`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(2).map((n) => Number(n ?? 0));
  const length = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return parts[1] === "-" ? -length : length;
}

function claim(holds: boolean, negated: boolean, otherwise: string): void {
  if (holds === negated) throw new Error(otherwise);
}

function matches(text: string, pattern: string, negated: boolean): void {
  const found = regexOf(pattern).exec(text);
  claim(found !== null, negated, negated ? `there it is: ${found?.[0]}` : `not in:\n${text}`);
}

/** `(?i)` in front: whatever the case. */
function regexOf(pattern: string): RegExp {
  const bare = pattern.replace(/^\(\?i\)/, "");
  return new RegExp(bare, bare === pattern ? "m" : "im");
}

function last(scene: Scene) {
  if (scene.answered === undefined) throw new Error("nothing was run yet");
  return scene.answered;
}

function terminal(scene: Scene) {
  if (scene.pty === undefined) throw new Error("no program is on the terminal");
  return scene.pty;
}

function part(scene: Scene, name: string): string {
  const text = scene.page.files.get(name);
  if (text === undefined) throw new Error(`the page has no file of this name: ${name}`);
  return text;
}

function textOf(scene: Scene, file: string): string {
  if (file === "stdout") return last(scene).stdout;
  const text = scene.home.read(file);
  if (text === undefined) throw new Error(`${file} does not exist`);
  return text;
}
