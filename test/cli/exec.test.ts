// `awst exec` with the built program, where a script page is not enough: a terminal that closes, signals, and
// what remains on disk.

import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";
import { until } from "../support/until.ts";

let home: Home;
beforeAll(async () => {
  home = await makeHome();
  const argv = ["assume", "main-account", "DeveloperAccess", "--mfa-code", home.code()];
  expect(await home.awst(argv)).toMatchObject({ status: 0 });
});
afterAll(() => home.remove());

const exec = (flags: readonly string[], script: string) => [
  ...["exec", "main-account", "DeveloperAccess", ...flags, "--"],
  ...["sh", "-c", script],
];
const onTerminal = (flags: readonly string[], script: string) => {
  const [program = "", ...args] = [...awstCommand(), ...exec(flags, script)];
  return spawnPty(program, args, { env: home.envWith({}), cwd: home.path });
};

test("when awst is killed, no other process can take its port and serve keys to the program", async () => {
  // The folder of the killed run remains.
  await using own = await makeHome();
  const role = ["assume", "main-account", "DeveloperAccess", "--mfa-code", own.code()];
  expect(await own.awst(role)).toMatchObject({ status: 0 });
  const script =
    "echo $AWS_CONTAINER_CREDENTIALS_FULL_URI >killed-url; echo $$ >killed-pid; exec sleep 600";
  const { child } = own.start(exec(["--server"], script));
  await until("the program runs", () => (own.read("killed-pid") ?? "") !== "");
  const url = new URL(own.read("killed-url") ?? "");
  const takeOver = () =>
    new Promise<string>((resolve) => {
      const server = createServer()
        .on("error", ({ message }) => resolve(message))
        .listen(Number(url.port), url.hostname, () => server.close(() => resolve("taken over")));
    });
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  expect(await takeOver()).toContain("EADDRINUSE");
  process.kill(Number(own.read("killed-pid")), "SIGKILL");
  await until(
    "the port is free after the program",
    async () => (await takeOver()) === "taken over",
  );
});

describe.each([[[]], [["--server"]]] as const)("exec %j", (flags) => {
  const name = `exec${flags.length}`;

  test("when the terminal closes, the program ends, then awst with its status", async () => {
    const script = `trap 'echo hup >${name}-hup; exit 3' HUP; echo ready; while :; do sleep 0.05; done`;
    const pty = onTerminal(flags, script);
    await pty.expect("ready");
    pty.hangUp();
    expect(await pty.exit).toEqual({ status: 3, signal: null });
    expect(home.read(`${name}-hup`)).toBe("hup\n");
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
    ["SIGUSR1", 138],
  ] as const)("%s sent to awst ends both", async (signal, status) => {
    const { child, finished } = home.start(
      exec(flags, `echo $$ >${name}-${signal}; exec sleep 600`),
    );
    await until("the program runs", () => (home.read(`${name}-${signal}`) ?? "") !== "");
    child.kill(signal);
    expect((await finished).status).toBe(status);
    const pid = Number(home.read(`${name}-${signal}`));
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test("Ctrl-Z stops both, fg continues both", async () => {
    const argv = [...awstCommand(), ...exec(flags, "echo ready; read line; echo read $line")];
    const quoted = argv.map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(" ");
    const script = `set -m; ${quoted}; echo stopped $?; fg >/dev/null; echo ended $?; read end`;
    const pty = spawnPty("bash", ["-c", script], { env: home.envWith({}), cwd: home.path });
    await pty.expect("ready");
    pty.press("ctrl-z");
    await pty.expect(/stopped 1\d\d/);
    pty.type("hello\r");
    await pty.expect("read hello");
    await pty.expect("ended 0");
    pty.press("enter");
    await pty.exit;
  });
});

test("--server: no file remains, however the program ends", async () => {
  const runtime = `${home.env["XDG_RUNTIME_DIR"]}/awst`;
  const remaining = () => readdirSync(runtime).filter((name) => name.startsWith("awst-exec-"));
  for (const [script, status] of [
    ["exit 0", 0],
    ["exit 9", 9],
    ["kill -9 $$", 137],
    ["kill -TERM $PPID; exec sleep 60", 143],
  ] as const) {
    const seen = await home.awst(exec(["--server"], script));
    expect(seen, script).toMatchObject({ status });
    expect(remaining()).toEqual([]);
  }
  await home.awst(["exec", "main-account", "DeveloperAccess", "--server", "--", "no-such-program"]);
  expect(remaining()).toEqual([]);
});

test("--server: the token is in no command line, and in the program's environment alone", async () => {
  const script =
    'cp "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" token; ' +
    "cat /proc/[0-9]*/cmdline /proc/$PPID/environ 2>/dev/null >shown; true";
  await home.awst(exec(["--server"], script));
  const token = home.read("token") ?? "";
  expect(token).toMatch(/^[\w-]{43}$/);
  const shown = home.read("shown") ?? "";
  expect(shown).toContain("XDG_RUNTIME_DIR");
  expect(shown).not.toContain(token);
});

test("--server: refuses other users of the machine, and web pages", async () => {
  const { child, finished } = home.start(exec(["--server"], "env >served; exec sleep 600"));
  await until("the server runs", () => (home.read("served") ?? "").includes("FULL_URI"));
  const url = /FULL_URI=(\S+)/.exec(home.read("served") ?? "")?.[1] ?? "";
  const statuses = [];
  for (const headers of [{}, { authorization: "x" }, { origin: "http://evil.example" }]) {
    const answer = await fetch(url, { headers });
    statuses.push(answer.status);
    expect(await answer.text()).not.toMatch(/ASIA|SecretAccessKey/);
  }
  // fetch sends sec-fetch-mode, like a browser.
  expect(statuses).toEqual([403, 403, 403]);
  child.kill("SIGTERM");
  expect((await finished).status).toBe(143);
});
