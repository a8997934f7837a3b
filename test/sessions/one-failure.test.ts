// One thing that fails does not cost the rest: a file that can't be written costs its own contents, and neither the
// session nor the code that was given for it.

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand, root } from "../support/processes.ts";

const role = ["main-account", "DeveloperAccess"];
const plain = "main-account/DeveloperAccess";

let home: Home;
beforeEach(async () => {
  home = await makeHome();
  expect(await home.awst(["key", "import"])).toMatchObject({ status: 0 });
});
afterEach(() => home.remove());

interface Fault {
  readonly call: string;
  readonly path: string;
  readonly code: string;
}

/** Calls of node:fs that fail in the process. Modes don't stop the tests' user where that is root. */
function failing(...faults: readonly Fault[]): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `${home.env["NODE_OPTIONS"]} --require ${root}/test/support/fail-files.cjs`,
    FAIL_FILES: JSON.stringify(faults),
  };
}

const newConfig = "/\\.aws/\\.config\\.awst-";
const newCredentials = "/\\.aws/\\.credentials\\.awst-";

/** What prevents a write, which file it prevents, and the reason in the message. */
const cases: readonly (readonly [
  string,
  () => Readonly<Record<string, string>>,
  "config" | "credentials",
  RegExp,
])[] = [
  [
    "the folder is read-only",
    () => failing({ call: "openSync", path: newConfig, code: "EROFS" }),
    "config",
    /read-only/,
  ],
  [
    "the disk is full",
    () => failing({ call: "writeSync", path: newConfig, code: "ENOSPC" }),
    "config",
    /disk is full/,
  ],
  [
    "the disk reports an error at the sync",
    () => failing({ call: "fsyncSync", path: newConfig, code: "EIO" }),
    "config",
    /disk reports an error/,
  ],
  [
    "the rename is refused",
    () => failing({ call: "renameSync", path: newConfig, code: "EACCES" }),
    "config",
    /permission denied/,
  ],
  [
    "no more than the quota",
    () => failing({ call: "openSync", path: newCredentials, code: "EDQUOT" }),
    "credentials",
    /quota/,
  ],
  [
    "config is a folder",
    () => {
      mkdirSync(join(home.path, ".aws/config"));
      return {};
    },
    "config",
    /it is a folder/,
  ],
  [
    "config is a link to a folder that is not mounted",
    () => {
      symlinkSync("/nowhere/drive/config", join(home.path, ".aws/config"));
      return {};
    },
    "config",
    /links to \/nowhere\/drive\/config, which does not exist/,
  ],
  [
    "config is a link to itself",
    () => {
      symlinkSync("config", join(home.path, ".aws/config"));
      return {};
    },
    "config",
    /too many symbolic links/,
  ],
  [
    "config is UTF-16",
    () => {
      const bytes = Buffer.from("\ufeff[default]\n", "utf16le");
      writeFileSync(join(home.path, ".aws/config"), bytes);
      return {};
    },
    "config",
    /is UTF-16/,
  ],
];

describe("a file of AWS that can't be written", () => {
  test.each(cases)(
    "%s: assume prints the profile and names the file",
    async (_, prepare, file, why) => {
      const env = prepare();
      const code = home.code();
      const { status, stdout, stderr } = await home.awst(["assume", ...role, "--mfa-code", code], {
        env,
      });
      expect(status, stderr).toBe(0);
      expect(stdout).toContain(`AWS_PROFILE='${plain}'`);
      expect(stderr).toMatch(why);
      expect(stderr).toContain(`.aws/${file}`);
      expect(await home.awst(["exec", ...role, "--", "true"], { env })).toMatchObject({
        status: 0,
      });
      expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 1 });
    },
  );
});

test("both files can't be written: assume says so, and exec works", async () => {
  const env = failing({ call: "openSync", path: "/\\.aws/\\.", code: "EROFS" });
  const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()], { env });
  expect(assumed).toMatchObject({ status: 0, stdout: "" });
  expect(assumed.stderr).toContain("awst exec main-account DeveloperAccess -- CMD");
  expect(await home.awst(["exec", ...role, "--", "true"], { env })).toMatchObject({ status: 0 });
  const keys = await home.awst(["assume", ...role, "--format", "json"], { env });
  expect(keys).toMatchObject({ status: 0 });
  expect(keys.stdout).toContain("ASIA");
  // Nothing is remembered about a failure: the next run writes.
  expect(await home.awst(["assume", ...role])).toMatchObject({ status: 0 });
  expect(home.read(".aws/credentials")).toContain(`[${plain}]`);
  expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 1 });
});

test.each(["EPERM", "ENOTSUP"])("a disk without modes (%s) is written", async (code) => {
  home.write(".aws/config", "[default]\nregion = eu-west-1\n");
  const env = failing({ call: "fchmodSync", path: "/\\.aws/", code });
  const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()], { env });
  expect(assumed.stderr).not.toContain("cannot write");
  expect(home.read(".aws/config")).toContain(`[profile ${plain}]`);
});

test.each(["EINVAL", "ENOSYS"])("a disk that can't sync (%s) is written", async (code) => {
  const env = failing({ call: "fsyncSync", path: "/", code });
  const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()], { env });
  expect(assumed, assumed.stderr).toMatchObject({ status: 0 });
  expect(home.read(".aws/config")).toContain(`[profile ${plain}]`);
});

const stateWrites = "/state/awst/(locks/|.*\\.tmp$|history)";

describe("a state folder that can't be written", () => {
  const readOnly = () =>
    failing(
      { call: "openSync", path: stateWrites, code: "EROFS" },
      {
        call: "writeFileSync",
        path: stateWrites,
        code: "EROFS",
      },
    );

  test.each([
    ["credential-process", ["credential-process", ...role], "ASIA"],
    ["assume", ["assume", ...role], plain],
    ["assume --format", ["assume", ...role, "--format", "env"], "ASIA"],
    ["env", ["env", ...role], "ASIA"],
    ["exec", ["exec", ...role, "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID"], "ASIA"],
    ["status", ["status"], ""],
  ])("%s serves the cached session", async (_, args, output) => {
    const code = home.code();
    expect(await home.awst(["assume", ...role, "--mfa-code", code])).toMatchObject({ status: 0 });
    const before = home.sandbox.calls().length;
    const { status, stdout, stderr } = await home.awst(args, { env: readOnly() });
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(output);
    expect(home.sandbox.calls().length).toBe(before);
  });

  test("without a session: no code is used, and the hint is a line that helps", async () => {
    const args = ["assume", ...role, "--mfa-code", home.code()];
    const { status, stderr } = await home.awst(args, { env: readOnly() });
    expect(status).toBe(1);
    expect(stderr).toContain('export XDG_STATE_HOME="$(mktemp -d)"');
    expect(countCalls(home.sandbox)).not.toHaveProperty("GetSessionToken");
  });

  test.each(["sessions", "learned", "picks"])(
    "the state file %s can't be locked after AWS answered: the session is given out",
    async (name) => {
      const env = failing({ call: "openSync", path: `locks/state-${name}`, code: "ENOSPC" });
      const args = ["exec", ...role, "--mfa-code", home.code(), "--", "true"];
      const first = await home.awst(args, { env });
      expect(first.status, first.stderr).toBe(0);
      expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 1 });
    },
  );
});

test.each(["keychain.json", "sessions.json", "history.jsonl", "learned.json"])(
  "the state file %s is a pipe: nothing hangs",
  async (name) => {
    const file = join(home.path, ".local/state/awst", name);
    rmSync(file, { force: true });
    expect(await home.run(["mkfifo", file])).toMatchObject({ status: 0 });
    const { status, stderr } = await home.awst(["list"]);
    if (status !== 0) expect(stderr).toContain("is not an ordinary file");
  },
);

describe.each([
  ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
  ["a link to a device", (path: string) => symlinkSync("/dev/zero", path)],
])("a journal of a rotation that is %s", (_, make) => {
  test("is refused by what needs it, named by what does not, and costs no session", async () => {
    const path = join(home.path, ".local/state/awst/rotation-main-account.json");
    make(path);
    // As without the setting: a rotation may be due after every code.
    home.write(
      ".config/awstools/config.toml",
      plainConfiguration(home.sandbox).replace(/^key.*$/m, ""),
    );
    const named = `${path} is not an ordinary file`;
    const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    expect(assumed).toMatchObject({ status: 0, stderr: expect.stringContaining(named) });
    for (const args of [["status"], ["list"], ["credential-process", ...role]]) {
      expect(await home.awst(args), args[0]).toMatchObject({ status: 0 });
    }
    expect((await home.awst(["status"])).stderr).toContain(named);
    const refused = await home.awst(["key", "rotate"]);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining(named) });
    expect(countCalls(home.sandbox, "iam")).not.toHaveProperty("CreateAccessKey");
    // The hint, as it was printed.
    const hint = /^awst: hint: (rm .*)$/m.exec(refused.stderr)?.[1] ?? "";
    expect(await home.run(["sh", "-c", hint])).toMatchObject({ status: 0 });
    expect(await home.awst(["key", "rotate"])).toMatchObject({ status: 0 });
  });
});

test("a list of used codes that is a pipe: no code is sent", async () => {
  const path = join(home.path, ".local/state/awst/codes.json");
  execFileSync("mkfifo", [path]);
  const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  expect(assumed).toMatchObject({ status: 1, stderr: expect.stringContaining("ordinary file") });
  expect(countCalls(home.sandbox)).not.toHaveProperty("GetSessionToken");
});

test.each([
  ["openSync", "ENOSPC"],
  ["renameSync", "EROFS"],
])("sessions that can't be stored (%s: %s) are never called renewable", async (call, code) => {
  const env = failing({ call, path: "keychain\\.sessions", code });
  const args = ["assume", ...role, "--mfa-code", home.code()];
  const { status, stderr } = await home.awst(args, { env });
  expect(status, stderr).toBe(0);
  expect(stderr).toContain("warning: the session was not cached");
  expect(stderr).not.toMatch(/renews/);
  home.moveClock(30);
  const json = await home.awst(["assume", ...role, "--json", "--mfa-code", home.code()], { env });
  expect(JSON.parse(json.stdout)).toMatchObject({ how: "new", renewableUntil: null });
  const shell = { AWS_PROFILE: plain };
  for (const command of ["list", "status", "whoami"]) {
    const { stdout, stderr } = await home.awst([command], { env: shell });
    expect(stdout + stderr, command).not.toMatch(/renews|until|expires/);
  }
});

const someone = 54_321;
const mayChangeUser = process.getuid?.() === 0 && existsSync("/usr/bin/setpriv");

describe.skipIf(!mayChangeUser)("files of root in a user's home", () => {
  const asUser = (args: readonly string[]) => {
    const change = [`--reuid=${someone}`, `--regid=${someone}`, "--clear-groups"];
    const env = {
      AWST_KEYCHAIN_PASSPHRASE: home.env["AWST_KEYCHAIN_PASSPHRASE"],
      XDG_RUNTIME_DIR: undefined,
    };
    return home.run(["setpriv", ...change, ...awstCommand(), ...args], { env });
  };
  const give = (path: string) => home.run(["chown", "-R", `${someone}:${someone}`, path]);

  test("a first run with sudo leaves nothing that a later run can't use", async () => {
    await using fresh = await makeHome();
    home = fresh;
    for (const path of [home.around, home.path]) await give(path);
    chmodSync(home.around, 0o755);
    const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    expect(assumed, assumed.stderr).toMatchObject({ status: 0 });
    const { stdout } = await home.run(["find", home.path, "-uid", "0"]);
    expect(stdout).toBe("");
    const later = await asUser(["assume", ...role]);
    expect(later.status, later.stderr).toBe(0);
    expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 1 });
  });

  test.each(["learned.json", "sessions.json", "locks"])(
    "%s of another user is reported as such, with what gives it back",
    async (name) => {
      await give(home.path);
      await give(home.around);
      chmodSync(home.around, 0o755);
      await asUser(["assume", ...role, "--mfa-code", home.code()]);
      const path = join(home.path, ".local/state/awst", name);
      await home.run(["chown", "-R", "0:0", path]);
      const { status, stderr } = await asUser(["assume", "main-account", "AdminAccess"]);
      expect(status).not.toBe(0);
      expect(stderr).toContain("belongs to user 0");
      expect(stderr).toContain("sudo chown -R");
      expect(stderr).not.toContain("key add");
    },
  );
});

test("--export into a folder that does not exist costs no code", async () => {
  mkdirSync(join(home.path, "folder"));
  const file = join(home.path, "folder");
  const { status, stderr } = await home.awst([
    "assume",
    ...role,
    "--mfa-code",
    home.code(),
    "--export",
    file,
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain(file);
  expect(countCalls(home.sandbox)).not.toHaveProperty("GetSessionToken");
});

test("a key behind a link to a drive that is not mounted: the link is named, not `key add`", async () => {
  await using other = await makeHome({ keyInProfile: false });
  mkdirSync(join(other.path, ".aws"));
  symlinkSync("/nowhere/drive/credentials", join(other.path, ".aws/credentials"));
  const { status, stderr } = await other.awst(["assume", ...role, "--mfa-code", other.code()]);
  expect(status).toBe(1);
  expect(stderr).toContain("no access key for");
  expect(stderr).toContain("/nowhere/drive/credentials");
  expect(stderr).not.toContain("key add");
});

test("a section declared by hand in other words is accepted as it is", async () => {
  const byHand = `[profile ${plain}]
credential_process=awst credential-process main-account DeveloperAccess
region=eu-west-1
output=json
`;
  home.write(".aws/config", byHand);
  const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  expect(assumed).toMatchObject({ status: 0 });
  expect(assumed.stdout).toContain(plain);
  expect(home.read(".aws/config")).toBe(byHand);
});
