// AWS's two files with real processes: concurrent writers, killed writers, full and read-only disks.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAwsFiles } from "../src/adapters/file/aws-files.ts";
import { openLocks } from "../src/adapters/file/locks.ts";
import { planProfiles } from "../src/model/profile/profile-plan.ts";
import type { AwsFiles } from "../src/ports.ts";
import { type Bundle, bundleForNode } from "./support/bundle.ts";
import { runProcess, startProcess } from "./support/processes.ts";

let writer: Bundle;
let folder: string;
let config: string;
let credentials: string;

beforeAll(async () => {
  writer = await bundleForNode("test/support/aws-files-writer.ts");
  // One test runs it as another user.
  chmodSync(dirname(writer.path), 0o755);
});
afterAll(() => writer.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-files-"));
  mkdirSync(join(folder, ".aws"));
  config = join(folder, ".aws/config");
  credentials = join(folder, ".aws/credentials");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): AwsFiles =>
  openAwsFiles({ awsConfig: config, awsCredentials: credentials }, async () =>
    openLocks(join(folder, "locks")),
  );
const writerCommand = (...args: string[]) => [
  process.execPath,
  writer.path,
  config,
  credentials,
  join(folder, "locks"),
  ...args,
];
const env = { PATH: process.env.PATH ?? "" };

const line = "/bin/awst credential-process acct Dev";
const wanted = ["acct Dev", "acct/Dev"].map(
  (name) => ({ name, region: "r", kind: "process", line }) as const,
);
const addProfiles = (files: AwsFiles) =>
  files.edit((texts) => ({ texts: planProfiles(texts, wanted).texts, result: undefined }));

function failure(work: Promise<unknown>): Promise<{ code?: string; message?: string }> {
  return work.then(
    () => ({}),
    (error) => error,
  );
}

describe("one writer", () => {
  test("through a symbolic link, with CRLF, without a final newline, mode 0644: only its own lines are added", async () => {
    mkdirSync(join(folder, "dotfiles"));
    const real = join(folder, "dotfiles/credentials");
    const foreign = "# mine\r\n[main]\r\naws_access_key_id = AKIA\r\n\r\n[x]\r\ns3 =\r\n  a = b";
    writeFileSync(real, foreign);
    chmodSync(real, 0o644);
    symlinkSync("../dotfiles/credentials", credentials);
    const files = open();
    expect(await files.isOpenToOthers()).toBe(true);
    await addProfiles(files);
    expect(readFileSync(real, "utf8")).toBe(
      `${foreign}\r\n${wanted.map(({ name }) => `\r\n[${name}]\r\ncredential_process = ${line}\r\nregion = r\r\n`).join("")}`,
    );
    expect(lstatSync(credentials).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o7777).toBe(0o644);
    expect(statSync(config).mode & 0o7777).toBe(0o600);
  });

  test("keeps bytes that are not UTF-8, and a byte order mark", async () => {
    const foreign = Buffer.concat([
      Buffer.from("# caf"),
      Buffer.from([0xe9, 0, 0xff]),
      Buffer.from("\n"),
    ]);
    writeFileSync(credentials, foreign);
    writeFileSync(config, "\uFEFF[default]\nregion = ü\n");
    await addProfiles(open());
    expect(readFileSync(credentials).subarray(0, foreign.length).equals(foreign)).toBe(true);
    expect(readFileSync(credentials, "latin1")).toContain("\n[acct Dev]\n");
    expect(readFileSync(config, "utf8")).toMatch(
      /^\uFEFF\[default\]\nregion = ü\n\n\[profile acct\/Dev\]\n/,
    );
  });

  test("writes nothing when nothing changes", async () => {
    const files = open();
    await addProfiles(files);
    const before = [config, credentials].map((path) => statSync(path, { bigint: true }));
    await addProfiles(files);
    const after = [config, credentials].map((path) => statSync(path, { bigint: true }));
    expect(after.map((each) => [each.ino, each.ctimeNs])).toEqual(
      before.map((each) => [each.ino, each.ctimeNs]),
    );
    expect(await files.isOpenToOthers()).toBe(false);
  });

  test("refuses files that it can't edit without damage", async () => {
    writeFileSync(credentials, Buffer.from("\uFEFF[main]\n", "utf16le"));
    expect(await failure(addProfiles(open()))).toMatchObject({ code: "FILE_MALFORMED" });
    for (const [text, message] of [
      ["# comment\n".repeat(200_001), "has more than 200000 lines"],
      ["\r".repeat(200_001), "has more than 200000 lines"],
      [`# ${"x".repeat(8 * 1024 * 1024)}`, "has more than 8 MiB"],
    ] as const) {
      writeFileSync(credentials, text);
      const error = await failure(addProfiles(open()));
      expect(error).toMatchObject({ code: "FILE_MALFORMED", message: `${credentials} ${message}` });
      expect(readFileSync(credentials, "utf8")).toBe(text);
    }
    rmSync(credentials);
    mkdirSync(credentials);
    expect(await failure(open().read())).toMatchObject({ code: "FILE_UNREADABLE" });
    rmSync(credentials, { recursive: true });
    symlinkSync("/dev/null", credentials);
    expect((await open().read()).credentials).toBeUndefined();
    expect(await failure(addProfiles(open()))).toMatchObject({ code: "FILE_UNWRITABLE" });
  });
});

describe("many processes", () => {
  test("eight concurrent writers keep each other's profiles and the old content", async () => {
    const foreign = "# mine\n[main]\naws_access_key_id = AKIA\n";
    writeFileSync(credentials, foreign);
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const ends = await Promise.all(
      names.map((name) => runProcess(writerCommand("add", name, "6"), { env })),
    );
    expect(ends.map(({ status, stderr }) => [status, stderr])).toEqual(names.map(() => [0, ""]));
    const [credentialsText, configText] = [credentials, config].map((path) =>
      readFileSync(path, "utf8"),
    );
    for (const name of names) {
      for (let number = 1; number <= 6; number += 1) {
        expect(credentialsText?.split(`\n[${name} ${number}]\n`)).toHaveLength(2);
        expect(`\n${configText}`.split(`\n[profile ${name}/${number}]\n`)).toHaveLength(2);
      }
    }
    expect(credentialsText?.startsWith(foreign)).toBe(true);
    expect(readdirSync(join(folder, ".aws")).sort()).toEqual(["config", "credentials"]);
  });

  test("kill -9 during a write leaves the old file or the new one", async () => {
    const texts = ["old", "new"].map((name) => `[${name}]\n${`# ${name}\n`.repeat(150_000)}`);
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, String(index)), text);
    let torn = 0;
    // A kill between two writes shows nothing, so this repeats until a kill hits a write.
    for (let round = 0; round < 12 || (torn === 0 && round < 200); round += 1) {
      const { child, finished } = startProcess(
        writerCommand("swap", join(folder, "0"), join(folder, "1")),
        { env },
      );
      await once(child.stdout as NodeJS.ReadableStream, "data");
      await new Promise((done) => setTimeout(done, 5 + Math.random() * 60));
      child.kill("SIGKILL");
      expect((await finished).status).toBe(137);
      if (readdirSync(join(folder, ".aws")).some((name) => name.endsWith(".tmp"))) torn += 1;
      const there = readdirSync(join(folder, ".aws")).includes("credentials");
      if (there) expect(texts).toContain(readFileSync(credentials, "utf8"));
    }
    expect(torn).toBeGreaterThan(0);
    await addProfiles(open());
    expect(readdirSync(join(folder, ".aws")).sort()).toEqual(["config", "credentials"]);
  });
});

describe("disks with errors", () => {
  test("a full disk leaves the old file, and no temporary file", ({ skip }) => {
    const text = join(folder, "text");
    writeFileSync(text, "x".repeat(60_000));
    const script = `mount -t tmpfs -o size=64k tmpfs "$0/.aws" || exit 77
      head -c 40000 /dev/zero | tr '\\0' y > "$0/.aws/credentials"
      "$@"; wc -c < "$0/.aws/credentials"; ls -A "$0/.aws"`;
    const inside = ["-c", script, folder, ...writerCommand("write", text)];
    const privileges = process.getuid?.() === 0 ? ["-m"] : ["-rm"];
    const { status, stdout } = spawnSync("unshare", [...privileges, "sh", ...inside], {
      encoding: "utf8",
      env,
    });
    if (status === null || status === 77 || stdout === "") return skip();
    expect(
      stdout
        .trim()
        .split("\n")
        .map((each) => each.trim()),
    ).toEqual([
      `FILE_UNWRITABLE: cannot write ${credentials}: the disk is full`,
      "40000",
      "credentials",
    ]);
  });

  test("a read-only folder, a read-only file, another user's file: an error, and no change", async ({
    skip,
  }) => {
    const asOtherUser = process.getuid?.() === 0;
    const otherUserId = 65534;
    const text = join(folder, "text");
    writeFileSync(text, "new", { mode: 0o644 });
    writeFileSync(credentials, "old", { mode: 0o600 });
    mkdirSync(join(folder, "locks"));
    const own = (path: string) => asOtherUser && chownSync(path, otherUserId, otherUserId);
    for (const path of [folder, join(folder, ".aws"), join(folder, "locks"), credentials])
      own(path);
    const write = () => {
      const [program = "", ...rest] = writerCommand("write", text);
      const identity = asOtherUser ? { uid: otherUserId, gid: otherUserId } : {};
      return spawnSync(program, rest, { encoding: "utf8", env, ...identity });
    };
    const first = write();
    if (first.stdout !== "written\n") return skip(first.stderr.slice(0, 200));
    writeFileSync(credentials, "old");
    chmodSync(credentials, 0o400);
    expect(write().stdout).toContain("permission denied");
    chmodSync(credentials, 0o600);
    chmodSync(join(folder, ".aws"), 0o500);
    expect(write().stdout).toMatch(/^FILE_UNWRITABLE: .*permission denied\n$/);
    chmodSync(join(folder, ".aws"), 0o700);
    if (asOtherUser) {
      chownSync(credentials, 0, otherUserId);
      chmodSync(credentials, 0o666);
      expect(write().stdout).toContain("the file's owner can't be preserved");
    }
    expect(readFileSync(credentials, "utf8")).toBe("old");
    expect(readdirSync(join(folder, ".aws"))).toEqual(["credentials"]);
  });
});
