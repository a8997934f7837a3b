// A whole working day, and then a search for what must be nowhere: the long-term secret, the sessions'
// secrets and tokens, the device's seed, the codes, the passphrase. In no file under $HOME, in no argument
// of any process meanwhile, in no message with --debug.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Home, keyLines, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

const role = ["main-account", "DeveloperAccess"];

let home: Home;
beforeEach(async () => {
  home = await makeHome({ configuration: null });
  const text = `${plainConfiguration(home.sandbox)}\n[mfa]\ncommand = "mfa-code"\n`;
  home.write(".config/awstools/config.toml", text);
  home.write("policy.json", policy);
});
afterEach(() => home.remove());

const policy =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

interface Named {
  readonly name: string;
  readonly text: string;
}

/** Also as base64 and hex would hide it. */
function secrets(): readonly Named[] {
  const { cloud, main } = home.sandbox;
  const plain = [
    { name: "long-term secret", text: main.secretAccessKey },
    { name: "seed", text: main.seed },
    { name: "passphrase", text: home.env["AWST_KEYCHAIN_PASSPHRASE"] ?? "" },
    ...[...cloud.sessions.values()].flatMap(({ accessKeyId, secret, token }) => [
      { name: `secret of ${accessKeyId}`, text: secret },
      { name: `token of ${accessKeyId}`, text: token },
    ]),
  ];
  return plain.flatMap(({ name, text }) => [
    { name, text },
    { name: `${name} in hex`, text: Buffer.from(text).toString("hex") },
    ...[0, 1, 2].map((skip) => ({
      name: `${name} in base64`,
      text: Buffer.from(text)
        .subarray(skip, skip + 30)
        .toString("base64"),
    })),
  ]);
}

function codes(): readonly RegExp[] {
  const typed = readFileSync(join(home.around, "codes-asked"), "utf8").trim().split("\n");
  return typed.map((code) => new RegExp(`(?<!\\d)${code}(?!\\d)`));
}

function found(where: string, text: string): readonly string[] {
  const named = secrets().filter((each) => text.includes(each.text));
  const numbers = codes().filter((code) => code.test(text));
  return [...named.map(({ name }) => name), ...numbers.map(() => "a code")].map(
    (name) => `${where}: ${name}`,
  );
}

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

function watchArguments() {
  const seen = new Set<string>();
  const check = () => {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        seen.add(readFileSync(`/proc/${name}/cmdline`, "latin1"));
      } catch {
        // It ended.
      }
    }
  };
  const timer = setInterval(check, 3);
  return () => {
    clearInterval(timer);
    return [...seen];
  };
}

test("after import, assume, renewal, exec and logout: nowhere in plain text", async () => {
  const stop = watchArguments();
  const messages: string[] = [];
  const printed: string[] = [];
  const run = async (...command: string[]) => {
    const { status, stdout, stderr } = await home.awst([...command, "--debug"]);
    expect(status, `${command.join(" ")}\n${stderr}`).toBe(0);
    messages.push(stderr);
    printed.push(stdout);
  };
  await run("key", "import");
  await run("assume", ...role);
  await run("assume", "main-account", "AdminAccess");
  await run("assume", ...role, "--policy-file", "policy.json", "--duration", "30m");
  home.moveClock(50 * 60);
  await run("assume", ...role);
  await run("profile", "sync");
  await run("list", "--json");
  await run("config", "show");
  await run("whoami", "--profile", "main-account/DeveloperAccess");
  await run("logout", ...role);
  // Their output is keys; their messages contain none.
  for (const command of [
    ["credential-process", "--debug", ...role],
    ["credential-process", "--debug", "--identity", "main-account"],
    ["env", "--debug", ...role],
    ["exec", "--debug", ...role, "--", "sleep", "0.2"],
  ]) {
    const { status, stderr } = await home.awst(command);
    expect(status, stderr).toBe(0);
    messages.push(stderr);
  }
  // And a bad day.
  home.sandbox.faults.add({ action: "*", kind: "error500", times: 9 });
  home.moveClock(5 * 3600);
  messages.push((await home.awst(["assume", ...role, "--debug"])).stderr);

  const inArguments = stop().flatMap((command) => found(command.replaceAll("\0", " "), command));
  expect(inArguments).toEqual([]);
  expect(messages.flatMap((text, at) => found(`message ${at}`, text))).toEqual([]);
  expect(printed.flatMap((text, at) => found(`printed ${at}`, text))).toEqual([]);
  const all = files(home.path);
  expect(all.length).toBeGreaterThan(8);
  expect(all.flatMap((path) => found(path, readFileSync(path, "latin1")))).toEqual([]);
  expect(secrets().length).toBeGreaterThan(40);
});

test("the search would find it", async () => {
  await home.awst(["assume", ...role]);
  const token = [...home.sandbox.cloud.sessions.values()][0]?.token ?? "";
  const { secretAccessKey } = home.sandbox.main;
  expect(found("", keyLines(home.sandbox))).toEqual([": long-term secret"]);
  expect(found("", Buffer.from(`x${token}`).toString("base64"))).not.toEqual([]);
  expect(found("", Buffer.from(secretAccessKey).toString("hex"))).not.toEqual([]);
  expect(found("", `code ${readFileSync(join(home.around, "codes-asked"), "utf8")}`)).toEqual([
    ": a code",
  ]);
  const stop = watchArguments();
  await home.run(["sh", "-c", "sleep 0.1; :", secretAccessKey]);
  expect(stop().flatMap((command) => found("", command))).toContain(": long-term secret");
});

test("typed at a terminal: the secret and the passphrase are not shown, the code is not stored", async () => {
  await home.remove();
  home = await makeHome({ keyInProfile: false, env: { AWST_KEYCHAIN_PASSPHRASE: undefined } });
  const [program = "", ...args] = awstCommand();
  const start = (...command: string[]) =>
    spawnPty(program, [...args, ...command, "--debug"], { env: home.env, cwd: home.path });
  const adding = start("key", "add");
  await adding.expect("access key id");
  adding.type(`${home.sandbox.main.accessKeyId}\r`);
  await adding.expect("secret access key");
  adding.type(`${home.sandbox.main.secretAccessKey}\r`);
  // What is typed before a question stands there, the terminal itself shows.
  for (const question of ["new passphrase", "new passphrase again"]) {
    await adding.expect(question);
    adding.type("open sesame\r");
  }
  expect(await adding.exit).toMatchObject({ status: 0 });
  const assuming = start("assume", ...role);
  await assuming.expect("MFA code");
  const code = home.code();
  assuming.type(`${code}\r`);
  expect(await assuming.exit).toMatchObject({ status: 0 });
  const shown = adding.transcript() + assuming.transcript();
  const all = files(home.path).map((path) => readFileSync(path, "latin1"));
  for (const text of [home.sandbox.main.secretAccessKey, "open sesame"]) {
    expect(shown).not.toContain(text);
    expect(all.filter((each) => each.includes(text))).toEqual([]);
  }
  expect(all.filter((each) => new RegExp(`(?<!\\d)${code}(?!\\d)`).test(each))).toEqual([]);
});
