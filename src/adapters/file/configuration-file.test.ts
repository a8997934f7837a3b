import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAwstError } from "../../model/errors.ts";
import { openConfigurationFile } from "./configuration-file.ts";
import { readPositions } from "./configuration-positions.ts";
import { findPaths } from "./paths.ts";

const sound = '[profiles]\nmainAccount = "main"\n[accounts]\nmain = "111111111111"\n';
let home = "";
let path = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "awst-config-"));
  path = join(home, "config.toml");
});

afterEach(() => rmSync(home, { recursive: true }));

test("a file is loaded with the fingerprint it had before it was read", async () => {
  writeFileSync(path, sound);
  const { configuration, fingerprint } = await open({ fingerprints: ["before", "after"] }).load();
  expect([configuration.path, configuration.defaultIdentity, fingerprint]).toEqual([
    path,
    "main",
    "before",
  ]);
});

test.each([
  ["a byte order mark", `\ufeff${sound}`],
  ["CRLF", sound.replaceAll("\n", "\r\n")],
  ["no final newline", sound.trimEnd()],
])("%s is accepted", async (_, text) => {
  writeFileSync(path, text);
  expect((await open().load()).configuration.accounts.size).toBe(1);
});

test("a symbolic link is followed", async () => {
  writeFileSync(join(home, "real.toml"), sound);
  symlinkSync("real.toml", path);
  expect((await open().load()).configuration.accounts.size).toBe(1);
});

test.each([
  ["[profiles]\nmainAccount", 2],
  ["[Profiles]\nmain_account", 2],
  ["[profiles]\n\nMAIN_ACCOUNT", 3],
])("a remark on a name is at its line, however the file spells it: %j", async (head, line) => {
  writeFileSync(path, `${head} = "main"\n[accounts]\nmain = "111111111111"\n`);
  const remark = { path: ["profiles", "mainAccount"], at: "value" as const, message: "x" };
  const { nameRemarks } = await open().check(undefined, () => [{ ...remark, hint: undefined }]);
  expect(nameRemarks).toMatchObject([{ line, message: "x" }]);
});

test("a remark on an account is at the name that is exactly this one", async () => {
  writeFileSync(path, `${sound}my_team = "222222222222"\nmyteam = "333333333333"\n`);
  const remark = { path: ["accounts", "myteam"], at: "key" as const, message: "x" };
  const { nameRemarks } = await open().check(undefined, () => [{ ...remark, hint: undefined }]);
  expect(nameRemarks).toMatchObject([{ line: 6 }]);
});

test("the second parser is loaded only after a check failed", async () => {
  writeFileSync(path, sound);
  let loads = 0;
  const positions = async () => {
    loads++;
    return { readPositions };
  };
  await open({ positions }).load();
  expect(loads).toBe(0);
  writeFileSync(path, `${sound}x = 1\n`);
  await open({ positions }).check();
  expect(loads).toBe(1);
});

test("every mistake has line, column and hint; the last hint names the command that lists them", async () => {
  const text = `defaultRegoin = "eu-west-1"
[profiles]
mainAccount = "main"

[accounts]
main = 111111111111
  "my account" = "1"
prod = { id = "222222222222", roles = ["A",
  "a b"] }
[roles.A]
tags.team = 1
`;
  writeFileSync(path, text.replaceAll("\n", "\r\n"));
  const error = await failure(open().load());
  expect(error).toMatchObject({
    code: "CONFIGURATION_INVALID",
    hint: `awst config check --config ${path}`,
  });
  const reported = [error.message, ...error.more].map((line) => line.replace(`${path}:`, ""));
  expect(reported.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
    "1:1: unknown",
    "6:8: accounts.main",
    '7:18: accounts."my',
    '9:3: "a',
    "11:13: roles.A.tags.team",
  ]);
  expect(reported[0]).toContain('(did you mean "defaultRegion"?)');
  expect(reported[1]).toContain('(write it in quotes: main = "111111111111")');
});

test("a missing setting is reported at its table, or at the start of the file", async () => {
  writeFileSync(path, '\n[accounts]\nmain = "111111111111"\n [profiles]\n');
  expect((await open().check()).problems).toMatchObject([{ line: 4, column: 3 }]);
  writeFileSync(path, "");
  expect((await open().check()).problems).toMatchObject([{ line: 1, column: 1 }]);
});

test.each([
  [
    '[profiles] mainAccount = "m"',
    "1:12",
    "on the line of the header [profiles]",
    'mainAccount = "m"',
  ],
  ["[accounts]\nmain = 012345678901", "2:8", "must be a string", 'main = "012345678901"'],
  ["[accounts]\nmain = <your-account-id>", "2:8", "must be a string", 'main = "<your-account-id>"'],
  [
    "[accounts]\na = '1'\na = '2'",
    "3:1",
    "not valid TOML: trying to redefine",
    "line 2 has a already",
  ],
  ["x = [1,", "1:", "not complete", "at the end ] for a list"],
])("%j is a syntax error with a fix in its hint", async (text, position, message, hint) => {
  writeFileSync(path, text);
  const error = await failure(open().load());
  expect(error.code).toBe("CONFIGURATION_INVALID");
  expect(error.message).toContain(`${path}:${position}`);
  expect(error.message).toContain(message);
  expect(error.message).not.toContain("\n");
  expect(error.hint).toContain(hint);
});

test.each<[string, () => void, string]>([
  ["UTF-16", () => writeFileSync(path, `\ufeff${sound}`, "utf16le"), "UTF-16"],
  ["another encoding", () => writeFileSync(path, Buffer.from([0x61, 0xe9, 0x62])), "not UTF-8"],
  ["more than 1 MiB", () => writeFileSync(path, "#".repeat(1024 * 1024 + 1)), "larger than 1 MiB"],
  ["a folder", () => mkdirSync(path), "not a file"],
])("%s is an error", async (_, make, message) => {
  make();
  const error = await failure(open().load());
  expect([error.code, error.message]).toEqual([
    "CONFIGURATION_INVALID",
    expect.stringContaining(message),
  ]);
});

test("exactly 1 MiB is read", async () => {
  writeFileSync(path, sound.padEnd(1024 * 1024, `#${"x".repeat(99)}\n`));
  expect((await open().load()).configuration.accounts.size).toBe(1);
});

test.runIf(process.getuid?.() !== 0)("a file that may not be read says so", async () => {
  writeFileSync(path, sound);
  chmodSync(path, 0);
  expect(await failure(open().load())).toMatchObject({ code: "FILE_UNREADABLE" });
});

test("a missing file: the hint is the command that makes one", async () => {
  const error = await failure(open().load());
  expect(error).toMatchObject({ code: "CONFIGURATION_MISSING" });
  expect(error.message).toContain(path);
  expect(error.hint).toMatch(/^awst init( --config .+)?$/);
});

test("a missing file in XDG_CONFIG_HOME: the hint names the file of awstools", async () => {
  mkdirSync(join(home, ".config/awstools"), { recursive: true });
  const usual = join(home, ".config/awstools/config.toml");
  writeFileSync(usual, sound);
  const paths = findPaths({ HOME: home, XDG_CONFIG_HOME: join(home, "xdg") }, undefined);
  const file = openConfigurationFile(
    paths,
    () => undefined,
    async () => ({ readPositions }),
  );
  expect(await failure(file.load())).toMatchObject({
    code: "CONFIGURATION_MISSING",
    hint: expect.stringContaining(`AWST_CONFIG=${usual}`),
  });
});

function open(
  how: { fingerprints?: string[]; positions?: Parameters<typeof openConfigurationFile>[2] } = {},
) {
  const fingerprints = how.fingerprints ?? ["fileFingerprint"];
  const paths = findPaths({ HOME: home }, path);
  return openConfigurationFile(
    paths,
    () => fingerprints.shift(),
    how.positions ?? (async () => ({ readPositions })),
  );
}

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isAwstError(error)) throw new Error(`no error of ours: ${error}`);
  return error;
}

/** 80 kB in one line took a parser's patterns 22 s, 20,000 dotted keys 12 s. */
test.each([
  ["spaces after a key", `a${" ".repeat(80_000)}= 1`],
  ["spaces before a value", `a =${" ".repeat(80_000)}x y`],
  ["spaces after a header", `[a] ${" ".repeat(80_000)}x = 1`],
  ["tabs", `a =\t${"\t".repeat(80_000)}01`],
  ["20,000 dotted keys", `${"a.".repeat(20_000)}a = 1`],
  ["brackets", `a = ${"[".repeat(80_000)}`],
  ["a long name", `"${"a".repeat(80_000)}" = 1`],
])("a line that is too long is named, and not looked into: %s", async (_case, line) => {
  writeFileSync(path, `${sound}\n${line}\n`);
  const { problems } = await open({ positions: () => Promise.reject(new Error("loaded")) }).check();
  expect(problems).toMatchObject([{ line: 6, message: "the line has more than 10000 characters" }]);
});

test("a line just below the limit is read", async () => {
  writeFileSync(path, `${sound}#${"x".repeat(9_999)}\n`);
  expect((await open().check()).problems).toEqual([]);
});

test("thousands of mistakes are not all listed", async () => {
  const wrong = Array.from({ length: 1_000 }, (_, at) => `k${at} = 1`).join("\n");
  writeFileSync(path, `${wrong}\n${sound}`);
  const { problems } = await open().check();
  expect([problems.length, problems[0]?.line]).toEqual([200, 1]);
});

test("the place of a setting far below known ones is the nearest key above it", () => {
  const deep = Array.from({ length: 30 }, (_, at) => `k${at}`);
  const find = readPositions(`\n[mfa]\n${deep.join(".")} = 1\n`);
  expect(find(["mfa", ...deep.slice(0, 7)], "key")).toEqual({ line: 3, column: 19 });
  expect(find(["mfa", ...deep], "value")).toEqual({ line: 3, column: 19 });
  const table = readPositions(`\n[${deep.join(".")}]\nx = 1\n`);
  expect(table([...deep, "x"], "value").line).toBe(2);
});
