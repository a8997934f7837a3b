import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChildren } from "../../src/adapters/child/children.ts";
import { spawnPty } from "../support/pty.ts";

const folder = mkdtempSync(join(tmpdir(), "awst-children-"));
const runner = join(folder, "runner.mjs");
const env = { PATH: process.env.PATH, HOME: folder };

beforeAll(async () => {
  const input = join(import.meta.dirname, "runner.ts");
  await build({
    input,
    platform: "node",
    output: { format: "esm", file: runner },
    logLevel: "silent",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the [mfa] command", () => {
  const children = openChildren({ ...env, AWST_MFA_CODE: "1", AWST_KEYCHAIN_PASSPHRASE: "2" });
  const code = (command: string, timeoutMs = 20_000) => children.capture(command, { timeoutMs });

  test.each([
    ["echo 123456", "123456"],
    ["printf 'Touch your key\\naws 1\\n 654 321 \\n\\n'", "654321"],
    ["printenv AWST_MFA_CODE || echo 123456", "123456"],
    ["printenv AWST_KEYCHAIN_PASSPHRASE || echo 123456", "123456"],
    ["cat; echo 123456", "123456"],
    ["echo 123456; sleep 3 & exit 0", "123456"],
  ])("%s", async (command, expected) => {
    expect((await code(command)).reveal()).toBe(expected);
  });

  test.each([
    ["echo secret 1234567", "the [mfa] command did not print six digits on its last line"],
    ["echo 123456; echo bye", "the [mfa] command did not print six digits on its last line"],
    ["echo 123456; exit 4", "the [mfa] command ended with status 4"],
    ["echo 123456; kill -9 $$", "the [mfa] command ended with status 137"],
    ["no-such-program-at-all", "the [mfa] command ended with status 127"],
  ])("%s: %s", async (command, message) => {
    await expect(code(command)).rejects.toMatchObject({ code: "CODE_COMMAND_FAILED", message });
  });

  test("at its time limit it ends, with everything it started", async () => {
    const late = join(folder, "late");
    await expect(code(`(sleep 1; touch ${late}) & sleep 60; echo 123456`, 200)).rejects.toThrow(
      "the [mfa] command did not finish within 0 s",
    );
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(existsSync(late)).toBe(false);
  });

  test.each(["ctrl-c", "closed terminal"] as const)(
    "%s: it ends with awst, and its messages are on the terminal",
    async (how) => {
      const late = join(folder, `late-${how.length}`);
      const command = `echo 'touch it' >&2; (sleep 1; touch ${late}) & sleep 60`;
      const pty = spawnPty(process.execPath, [runner, "code", command, "20000"], { env });
      await pty.expect("touch it");
      if (how === "ctrl-c") pty.press(how);
      else pty.hangUp();
      expect(await pty.exit).toEqual({ status: 130, signal: null });
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      expect(existsSync(late)).toBe(false);
    },
  );
});

const run = (...args: string[]) =>
  spawnSync(process.execPath, [runner, "run", ...args], { env, encoding: "utf8" });

describe("a program in the terminal", () => {
  test("its status, its streams, its arguments", () => {
    const args = ["sh", "-c", 'cat; echo "$1|$2" >&2; exit 7', "x", "a b", "*"];
    const ended = spawnSync(process.execPath, [runner, "run", ...args], {
      env,
      input: "from stdin",
      encoding: "utf8",
    });
    expect([ended.status, ended.stdout, ended.stderr]).toEqual([7, "from stdin", "a b|*\n"]);
  });

  test("127, 126 and 128 + n, as a shell has them", () => {
    const plain = join(folder, "plain");
    writeFileSync(plain, "text");
    const orphan = join(folder, "orphan");
    writeFileSync(orphan, "#!/no/such/interpreter\n");
    chmodSync(orphan, 0o755);
    expect(run("no-such-program-at-all").stdout).toBe(
      "error: no-such-program-at-all: no such program\n",
    );
    expect(run("no-such-program-at-all").status).toBe(127);
    expect(run(plain)).toMatchObject({
      status: 126,
      stdout: `error: ${plain} cannot be run: permission denied\n`,
    });
    expect(run(orphan).status).toBe(126);
    expect(run(folder).status).toBe(126);
    expect(run("sh", "-c", "kill -KILL $$").status).toBe(137);
    expect(run("sh", "-c", "kill -TERM $$").status).toBe(143);
  });

  test("it has none of awst's own secrets", () => {
    const secrets = {
      AWST_MFA_CODE: "1",
      AWST_KEYCHAIN_PASSPHRASE: "2",
      AWST_KEYCHAIN_PASSPHRASE_FILE: "3",
    };
    const ended = spawnSync(process.execPath, [runner, "run", "env"], {
      env: { ...env, ...secrets },
      encoding: "utf8",
    });
    expect(ended.stdout).toContain("HOME=");
    expect(ended.stdout).not.toMatch(/AWST_(MFA|KEYCHAIN)/);
  });

  test("files that the shell opened for it come through", () => {
    const script = `${process.execPath} ${runner} run cat <(echo one) <(echo two)`;
    expect(spawnSync("bash", ["-c", script], { env, encoding: "utf8" }).stdout).toBe("one\ntwo\n");
  });

  test.each(["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT"] as const)(
    "%s sent to awst reaches it",
    async (signal) => {
      const script = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
      // A session of its own, so that nothing but awst can pass SIGINT on.
      const child = spawn(process.execPath, [runner, "run", "sh", "-c", script], {
        env,
        detached: true,
      });
      let shown = "";
      child.stdout.on("data", (text) => {
        shown += text;
        if (shown === "ready\n") child.kill(signal);
      });
      const status = await new Promise((resolve) => child.once("close", resolve));
      expect([status, shown]).toEqual([9, "ready\ngot\n"]);
    },
  );

  test("Ctrl-C reaches it once, and awst waits for it", async () => {
    const script =
      'let n = 0; process.on("SIGINT", () => console.log("sigint", ++n)); console.log("ready");' +
      'process.stdin.once("data", () => { console.log("got", n); process.exit(5); });';
    const args = [runner, "run", process.execPath, "-e", script];
    const pty = spawnPty(process.execPath, args, { env });
    await pty.expect("ready");
    pty.press("ctrl-c");
    await pty.expect("sigint 1");
    // Time for a second signal, which must not come.
    await new Promise((resolve) => setTimeout(resolve, 300));
    pty.type("\r");
    await pty.expect("got 1\n");
    expect(await pty.exit).toEqual({ status: 5, signal: null });
  });

  test("a program that Ctrl-C ends: 130", async () => {
    const pty = spawnPty(
      process.execPath,
      [runner, "run", "sh", "-c", "echo ready; exec sleep 60"],
      { env },
    );
    await pty.expect("ready");
    pty.press("ctrl-c");
    expect(await pty.exit).toEqual({ status: 130, signal: null });
  });

  test("Ctrl-Z stops both, fg continues both", async () => {
    const program = "echo ready; read line; echo read $line; exit 4";
    const script = `set -m; ${process.execPath} ${runner} run sh -c '${program}'; echo stopped $?; fg >/dev/null; echo ended $?; read end`;
    const pty = spawnPty("bash", ["-c", script], { env });
    await pty.expect("ready");
    pty.press("ctrl-z");
    await pty.expect(/stopped 1\d\d/);
    pty.type("hello\r");
    await pty.expect("read hello");
    await pty.expect("ended 4");
    pty.press("enter");
    await pty.exit;
  });

  test("a closed terminal ends both", async () => {
    const note = join(folder, "hup");
    const script = `trap 'echo hup >${note}; exit 3' HUP; echo ready; while :; do sleep 0.05; done`;
    const pty = spawnPty(process.execPath, [runner, "run", "sh", "-c", script], { env });
    await pty.expect("ready");
    pty.hangUp();
    expect(await pty.exit).toEqual({ status: 3, signal: null });
    expect(readFileSync(note, "utf8")).toBe("hup\n");
  });

  test("128 + n for a signal of any kind", () => {
    expect(run("sh", "-c", "kill -USR1 $$").status).toBe(128 + constants.signals.SIGUSR1);
  });
});
