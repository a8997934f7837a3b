// npm run bench: measures whole processes, as medians of one alternating run, beside a bare `node -e 0` in the
// same environment. Only the ratios can be compared between machines. `--many`: many processes at once; `--scale`:
// many accounts and large files; `--peers`: other tools of this kind; `--installed`: the line that an installed awst
// writes; `--admin`: 5,000 users.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Home, type HomeOptions, makeHome, plainConfiguration } from "../test/support/home.ts";
import { root } from "../test/support/processes.ts";
import { secretServiceIsAbsent, startSecretService } from "../test/support/secret-service.ts";
import { blockFirstCode, lockOwner, untilWaiting } from "../test/support/single-flight.ts";
import { benchAdmin } from "./bench-admin.ts";
import { benchCompletion } from "./bench-completion.ts";
import { benchInstalled } from "./bench-installed.ts";
import { benchMany } from "./bench-many.ts";
import { benchPeers } from "./bench-peers.ts";
import { benchScale } from "./bench-scale.ts";

const waiting = 49;
const typed = process.argv.slice(2);
const isScale = typed.includes("--scale");
const isInstalled = typed.includes("--installed");
const usualRounds = isScale ? 9 : isInstalled ? 101 : 21;
const rounds = Number(typed.find((each) => /^\d+$/.test(each)) ?? usualRounds);
const ownClock = { NODE_OPTIONS: undefined, SHIFT_CLOCK_FILE: undefined };
const script = [process.execPath, join(root, "bin/awst.js")];
const standalone = [join(root, "build/awst")];
const warm = ["credential-process", "main-account", "DeveloperAccess"];
const assume = ["assume", "main-account", "DeveloperAccess"];

interface Candidate {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Called before each run, outside the measured time. */
  readonly before?: () => Promise<unknown>;
  /** Expected exit status; default 0. */
  readonly status?: number;
  readonly milliseconds: number[];
}

const opened: AsyncDisposable[] = [];
try {
  if (typed.includes("--admin")) await benchAdmin(typed.filter((each) => each !== "--admin"));
  else if (process.argv.includes("--many")) await benchMany(process.argv.slice(3));
  else if (isScale) await benchScale(rounds);
  else if (typed.includes("--peers")) await benchPeers(rounds);
  else if (isInstalled) await benchInstalled(rounds);
  else await bench();
} finally {
  for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
}

async function bench(): Promise<void> {
  const candidates: Candidate[] = [];
  const remarks: string[] = [];
  const add = (
    name: string,
    command: readonly string[],
    home: Home,
    before?: Candidate["before"],
  ) =>
    candidates.push({ name, command, env: home.env, ...(before && { before }), milliseconds: [] });

  const file = await openHome(ownClock);
  add("node -e 0", [process.execPath, "-e", "0"], file);
  add("awst credential-process, warm, sealed file", [...script, ...warm], file);
  const bare = await openHome({ ...ownClock, XDG_RUNTIME_DIR: undefined });
  add("awst credential-process, warm, without XDG_RUNTIME_DIR", [...script, ...warm], bare);
  add("awst assume, warm, sealed file", [...script, ...assume], file);
  const inShell = { ...file, env: { ...file.env, AWS_PROFILE: "main-account/DeveloperAccess" } };
  add("awst status", [...script, "status"], inShell);
  add("awst shell-init bash", [...script, "shell-init", "bash"], file);

  // Its clock advances for every code, so that none is used twice.
  const cold = await openHome({});
  add("awst assume, cold (2 calls of the sandbox)", [...script, ...assume], cold, async () => {
    cold.moveClock(30);
    await cold.awst(["logout", "--all"]);
    Object.assign(cold.env, { AWST_MFA_CODE: cold.code() });
  });

  const withoutCode = await openHome(ownClock);
  await withoutCode.awst(["logout", "--all"]);
  candidates.push({
    name: "awst credential-process, no terminal to prompt: status 3",
    command: [...script, ...warm],
    env: withoutCode.env,
    status: 3,
    milliseconds: [],
  });

  const isBuilt = existsSync(standalone[0] ?? "");
  if (isBuilt)
    add("stand-alone credential-process, warm, sealed file", [...standalone, ...warm], file);
  else remarks.push("stand-alone: skipped: not built (npm run build:standalone)");

  const absent = secretServiceIsAbsent();
  if (absent === undefined) {
    const service = await startSecretService();
    opened.push(service);
    const home = await openHome({ ...ownClock, ...service.env, AWST_KEYCHAIN: "system" });
    add("awst credential-process, warm, Secret Service", [...script, ...warm], home);
    if (isBuilt) {
      add("stand-alone credential-process, warm, Secret Service", [...standalone, ...warm], home);
    }
  } else remarks.push(`Secret Service: skipped: ${absent}`);

  for (let round = 0; round < rounds; round += 1) {
    for (const candidate of candidates) await measure(candidate);
  }
  print(candidates, remarks);
  console.log(
    `\n${waiting} waiting processes end ${await benchKilledLeader()} ms after SIGKILL of the leader`,
  );
  console.log("\ncompletion, in the shell itself:");
  for (const { name, milliseconds } of await benchCompletion(Math.ceil(rounds / 3))) {
    console.log(`${name.padEnd(56)}${milliseconds.toFixed(1).padStart(8)} ms`);
  }
}

/** Returns the time from the leader's SIGKILL to the end of all processes that waited for it. */
async function benchKilledLeader(): Promise<number> {
  await using home = await makeHome({ configuration: null });
  home.write("block-first", blockFirstCode, 0o755);
  const mfa = '\n[mfa]\ncommand = "$HOME/block-first"\n';
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + mfa);
  const all = Array.from({ length: waiting + 1 }, () => home.start(warm));
  await untilWaiting(all);
  const leader = await lockOwner(home, "code-");
  const begin = performance.now();
  process.kill(leader, "SIGKILL");
  await Promise.all(all.map(({ finished }) => finished));
  return Math.round(performance.now() - begin);
}

async function openHome(env: HomeOptions["env"]): Promise<Home> {
  const home = await makeHome({ env });
  opened.push(home);
  await prepare(home);
  return home;
}

/** Warms up: caches the session and unlocks the sealed file. */
async function prepare(home: Home): Promise<void> {
  for (const command of [["key", "import"], assume, warm]) {
    const env = { AWST_MFA_CODE: home.code() };
    const { status, stderr } = await home.awst(command, { env });
    if (status !== 0) throw new Error(`awst ${command.join(" ")} ended with ${status}: ${stderr}`);
  }
}

async function measure({
  name,
  command,
  env,
  before,
  milliseconds,
  ...more
}: Candidate): Promise<void> {
  await before?.();
  const [program = "", ...args] = command;
  const begin = performance.now();
  const child = spawn(program, args, { env: { ...env }, stdio: "ignore", detached: true });
  const [status] = await once(child, "exit");
  milliseconds.push(performance.now() - begin);
  if (status !== (more.status ?? 0)) throw new Error(`${name} ended with ${status}`);
}

function print(candidates: readonly Candidate[], remarks: readonly string[]): void {
  const base = median(candidates[0]?.milliseconds ?? []);
  console.log(`node ${process.version}, medians of ${rounds} alternating runs\n`);
  for (const { name, milliseconds } of candidates) {
    const middle = median(milliseconds);
    const times = `${middle.toFixed(1).padStart(8)} ms ${(middle / base).toFixed(2).padStart(6)} ×`;
    console.log(`${name.padEnd(56)}${times}`);
  }
  for (const remark of remarks) console.log(remark);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
