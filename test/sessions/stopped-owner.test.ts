// A process that was stopped (Ctrl-Z, a debugger) while it has a lock: every command that waits for the lock names
// that process after 2 s, and works without the lock or ends with an error that says how to continue.

import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roleSessionItem } from "../../src/model/keychain/items.ts";
import type { LockName } from "../../src/model/lock-names.ts";
import { type Bundle, bundleForNode } from "../support/bundle.ts";
import { type Home, keyLines, makeHome } from "../support/home.ts";
import { type Started, startProcess } from "../support/processes.ts";
import { until } from "../support/until.ts";

let probe: Bundle;
let home: Home;
beforeAll(async () => {
  probe = await bundleForNode("test/contract/locks-probe.ts");
  home = await makeHome();
  await home.awst(["key", "import"]);
  await home.awst(["assume", ...dev, "--mfa-code", home.code()]);
});
afterAll(async () => {
  probe.remove();
  await home.remove();
});

const dev = ["main-account", "DeveloperAccess"];
const admin = ["main-account", "AdminAccess"];
const adminLock: LockName = `role-${roleSessionItem("main-account", "main-account", "AdminAccess")}`;

interface Owner extends AsyncDisposable {
  readonly pid: number | undefined;
}

/** Starts a process that has the lock. */
async function startOwner(name: LockName, isStopped: boolean): Promise<Owner> {
  const locks = join(home.path, ".local/state/awst/locks");
  const { child, finished } = startProcess([process.execPath, probe.path, "hold", locks, name], {
    env: { PATH: process.env.PATH ?? "", HOME: home.path },
  });
  await once(child.stdout!, "data");
  if (isStopped) child.kill("SIGSTOP");
  const end = async () => {
    child.kill("SIGKILL");
    await finished;
  };
  return { pid: child.pid, [Symbol.asyncDispose]: end };
}

/** Lets three seconds pass at a time until the process has printed the text or has ended. */
async function passTime({ child, finished }: Started, text: string) {
  let printed = "";
  let isOver = false;
  child.stderr?.on("data", (bytes) => {
    printed += bytes;
  });
  void finished.then(() => {
    isOver = true;
  });
  const isDone = () => isOver || printed.includes(text);
  for (let steps = 0; !isDone() && steps < 40; steps++) {
    home.moveClock(3);
    for (let polls = 0; !isDone() && polls < 10; polls++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  await until(text, isDone);
}

interface Waiting {
  readonly lock: LockName;
  readonly args: readonly string[];
  readonly usesCode?: true;
  readonly input?: (home: Home) => string;
  /** The command does its work without the lock. */
  readonly worksWithout?: true;
}

const seed = ({ sandbox }: Home) => sandbox.main.seed;
const cases: readonly Waiting[] = [
  { lock: adminLock, args: ["credential-process", ...admin] },
  { lock: "aws-files", args: ["assume", ...admin], worksWithout: true },
  {
    lock: "state-sessions",
    args: ["exec", ...dev, "--refresh", "--", "true"],
    usesCode: true,
    worksWithout: true,
  },
  { lock: "keychain-sealed", args: ["mfa", "store", "--yes"], input: seed },
  { lock: "key-main-account", args: ["key", "import"] },
  { lock: "code-main-account", args: ["assume", ...dev, "--refresh"], usesCode: true },
  { lock: "rotation-main-account", args: ["key", "rotate"] },
  { lock: "mfa-main-account", args: ["mfa", "remove", "--force", "--yes"] },
];

test.each(cases.map((each) => [each.lock, each.args.join(" "), each] as const))(
  "%s: %s",
  async (lock, _, { args, usesCode, input, worksWithout }) => {
    home.write(".aws/credentials", keyLines(home.sandbox));
    home.moveClock(30);
    await using owner = await startOwner(lock, true);
    const code = usesCode ? ["--mfa-code", home.code()] : [];
    const [command = "", ...rest] = args;
    const waiting = home.start([command, ...code, ...rest], { input: input?.(home) });
    const owned = `(process ${owner.pid})`;
    await passTime(waiting, `${owned} to finish`);
    await passTime(waiting, "waited");
    const { status, stderr } = await waiting.finished;
    expect(stderr).toContain(`${owned} to finish`);
    expect(status, stderr).toBe(worksWithout ? 0 : 3);
    if (worksWithout) return;
    expect(stderr).toMatch(/error: waited \d+ s for \w+ \(process \d+\), which is stopped/);
    expect(stderr).toContain(`hint: kill -CONT ${owner.pid}`);
  },
);

test("a wait for the sealed file ends after 50 s, also where its owner runs", async () => {
  home.moveClock(30);
  await using owner = await startOwner("keychain-sealed", false);
  const waiting = home.start(["mfa", "store", "--yes"], { input: seed(home) });
  await passTime(waiting, `(process ${owner.pid}) to finish`);
  await passTime(waiting, "error: waited");
  const { status, stderr } = await waiting.finished;
  expect(status).toBe(3);
  const waited = Number(/error: waited (\d+) s/.exec(stderr)?.[1]);
  expect(waited).toBeGreaterThanOrEqual(50);
  expect(waited).toBeLessThan(60);
});
