// A mode, or something in its place, keeps awst from one of its files or of AWS's: every command says so, and the line
// that it prints as a hint, or that `doctor` prints, is enough to work again.

import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";

const role = ["main-account", "DeveloperAccess"];
const state = ".local/state/awst";
const someone = 54_321;
const mayChangeUser = process.getuid?.() === 0 && existsSync("/usr/bin/setpriv");

// root passes every mode, so the commands run as another user.
describe.skipIf(!mayChangeUser)("a closed path", () => {
  let home: Home;
  const asUser = (args: readonly string[]) => {
    const change = [`--reuid=${someone}`, `--regid=${someone}`, "--clear-groups"];
    const passphrase = home.env["AWST_KEYCHAIN_PASSPHRASE"];
    const env = { AWST_KEYCHAIN_PASSPHRASE: passphrase, XDG_RUNTIME_DIR: undefined };
    return home.run(["setpriv", ...change, ...args], { env });
  };
  const awst = (...args: string[]) => asUser([...awstCommand(), ...args]);

  beforeEach(async () => {
    home = await makeHome();
    for (const path of [home.path, home.around]) {
      await home.run(["chown", "-R", `${someone}:${someone}`, path]);
    }
    chmodSync(home.around, 0o755);
    const { status, stderr } = await awst("assume", ...role, "--mfa-code", home.code());
    expect(status, stderr).toBe(0);
    await asUser(["sh", "-c", `echo '{"skewMs":0}' > ${join(home.path, state, "clock.json")}`]);
  });
  afterEach(() => home[Symbol.asyncDispose]());

  test.each<[string, string]>([
    [".aws", "000"],
    [".aws", "600"],
    [".aws/config", "000"],
    [".aws/credentials", "000"],
    [".config", "000"],
    [".config/awstools", "000"],
    [".config/awstools/config.toml", "000"],
    [".local", "000"],
    [state, "000"],
    [state, "600"],
    [`${state}/clock.json`, "000"],
    [`${state}/learned.json`, "000"],
    [`${state}/keychain.json`, "000"],
    [`${state}/keychain.sealed`, "000"],
    [`${state}/locks`, "000"],
  ])("%s with mode %s is named, with what opens it", async (name, mode) => {
    const path = join(home.path, name);
    chmodSync(path, Number.parseInt(mode, 8));
    let printed = "";
    for (const args of [["assume", ...role, "--refresh"], ["list"], ["whoami"], ["doctor"]]) {
      const { status, stdout, stderr } = await awst(...args);
      expect(status, `${args[0]}: ${stderr}`).not.toBe(70);
      expect(stdout + stderr, args[0]).not.toContain("mktemp");
      printed += stdout + stderr;
    }
    const hints = new Set(printed.match(/chmod \S+ \S+/g));
    expect([...hints], printed).toHaveLength(1);
    for (const hint of hints) {
      const { status, stderr } = await asUser(hint.split(" "));
      expect(status, `${hint}: ${stderr}`).toBe(0);
    }
    const isFolder = statSync(path).isDirectory();
    expect(statSync(path).mode & 0o700).toBe(isFolder ? 0o700 : 0o600);
    const { stdout } = await awst("doctor");
    expect(stdout).not.toMatch(/permission denied|chmod/);
  });

  test.each([
    [".aws", "file"],
    [".aws", "loop"],
    [".aws/config", "folder"],
    [".aws/credentials", "loop"],
    [".config", "file"],
    [".config/awstools", "loop"],
    [".local", "loop"],
    [state, "file"],
    [`${state}/locks`, "file"],
    [`${state}/clock.json`, "loop"],
    [`${state}/keychain.sealed`, "folder"],
    [`${state}/keychain.sessions`, "file"],
  ])("%s as a %s is an error, and no bug", async (name, kind) => {
    const path = join(home.path, name);
    renameSync(path, `${path}.aside`);
    if (kind === "loop") symlinkSync(path, path);
    if (kind === "file") writeFileSync(path, "");
    if (kind === "folder") mkdirSync(path);
    lchownSync(path, someone, someone);
    for (const args of [["assume", ...role, "--refresh"], ["list"], ["whoami"], ["doctor"]]) {
      const { status, stdout, stderr } = await awst(...args);
      expect(status, `${args[0]}: ${stderr}`).not.toBe(70);
      expect(stdout + stderr, args[0]).not.toContain("mktemp");
    }
    const printed = await awst("doctor");
    expect(printed.stdout).toMatch(/^\w+ +shell/m);
  });
});
