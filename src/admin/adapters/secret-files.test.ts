import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
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
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { appendSecret, checkSecretFiles, openSecretFolder, sealedFile } from "./secret-files.ts";

const isWindows = process.platform === "win32";
const isRoot = process.getuid?.() === 0;

let around: string;
let folder: string;
beforeEach(() => {
  around = mkdtempSync(`${tmpdir()}/awst-secrets-`);
  folder = `${around}/out`;
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(around, { recursive: true });
});

const own = () => mkdirSync(folder, { mode: 0o700 });
const other = () => {
  writeFileSync(`${around}/other`, "other\n", { mode: 0o644 });
  return `${around}/other`;
};

test("a missing folder is made by the first use, not by the check", () => {
  checkSecretFiles(folder, ["alice"]);
  expect(lstatSync(folder, { throwIfNoEntry: false })).toBeUndefined();
  openSecretFolder(folder, ["alice"]);
  appendSecret(folder, "alice", "one\n");
  appendSecret(folder, "alice", "two\n");
  expect(readFileSync(`${folder}/alice.txt`, "utf8")).toBe("one\ntwo\n");
  if (isWindows) return;
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(`${folder}/alice.txt`).mode & 0o777).toBe(0o600);
});

test("a file of this user grows, and others can not read it afterwards", () => {
  own();
  writeFileSync(`${folder}/alice.txt`, "notes\n", { mode: 0o644 });
  openSecretFolder(`${folder}/`, ["alice"]);
  appendSecret(`${folder}/`, "alice", "one\n");
  expect(readFileSync(`${folder}/alice.txt`, "utf8")).toBe("notes\none\n");
  if (!isWindows) expect(statSync(`${folder}/alice.txt`).mode & 0o777).toBe(0o600);
});

interface Refused {
  readonly name: string;
  /** Returns false where the case can't be made here. */
  readonly arrange: () => unknown;
  readonly path?: () => string;
  readonly hint?: RegExp;
}

const cases: readonly Refused[] = [
  {
    name: "a link to a file",
    arrange: () => {
      own();
      symlinkSync(other(), `${folder}/alice.txt`);
    },
    hint: /move it away/,
  },
  {
    name: "a link to nothing",
    arrange: () => {
      own();
      symlinkSync(`${around}/none`, `${folder}/alice.txt`);
    },
  },
  {
    name: "a second name of a file",
    arrange: () => {
      own();
      linkSync(other(), `${folder}/alice.txt`);
    },
  },
  {
    name: "a folder in the file's place",
    arrange: () => {
      own();
      mkdirSync(`${folder}/alice.txt`);
    },
  },
  {
    name: "a pipe in the file's place",
    arrange: () => {
      own();
      execFileSync("mkfifo", [`${folder}/alice.txt`]);
    },
  },
  {
    name: "a folder that everyone can write",
    arrange: () => {
      own();
      chmodSync(folder, 0o777);
    },
    hint: /^chmod go-w .*\/out$/,
  },
  {
    name: "a folder that its group can write",
    arrange: () => {
      own();
      chmodSync(folder, 0o770);
    },
    hint: /^chmod go-w /,
  },
  {
    name: "a shared folder like /tmp",
    arrange: () => {
      own();
      chmodSync(folder, 0o1777);
    },
    hint: /a folder of your own/,
  },
  {
    name: "a link to a folder",
    arrange: () => {
      mkdirSync(`${around}/real`, { mode: 0o700 });
      symlinkSync(`${around}/real`, folder);
    },
    path: () => `${folder}/`,
    hint: /the folder that it links to/,
  },
  {
    name: "below a folder that everyone can write",
    arrange: () => {
      own();
      chmodSync(folder, 0o777);
    },
    path: () => `${folder}/new`,
    hint: /a folder of your own/,
  },
  {
    name: "an own folder, far below one that everyone can write",
    arrange: () => {
      mkdirSync(`${folder}/between/in`, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o777);
    },
    path: () => `${folder}/between/in`,
    hint: /a folder of your own/,
  },
  {
    name: "by a link, below a folder that everyone can write",
    arrange: () => {
      mkdirSync(`${around}/open/in`, { recursive: true, mode: 0o700 });
      chmodSync(`${around}/open`, 0o777);
      symlinkSync(`${around}/open`, folder);
    },
    path: () => `${folder}/in`,
    hint: /a folder of your own/,
  },
  { name: "a file in the folder's place", arrange: () => writeFileSync(folder, "") },
  { name: "below a file", arrange: () => writeFileSync(folder, ""), path: () => `${folder}/in` },
  { name: "below a missing folder", arrange: () => {}, path: () => `${folder}/no/such` },
];

test.skipIf(isWindows).each(cases)("refused before anything changes: $name", (each) => {
  each.arrange();
  const path = each.path?.() ?? folder;
  const expected = expect.objectContaining({
    code: "FILE_UNWRITABLE",
    ...(each.hint === undefined ? {} : { hint: expect.stringMatching(each.hint) }),
  });
  const before = lstatSync(`${around}/other`, { throwIfNoEntry: false });
  expect(() => checkSecretFiles(path, ["bob", "alice"])).toThrowError(expected);
  expect(() => openSecretFolder(path, ["alice"])).toThrowError(expected);
  // It can change after the check.
  expect(() => appendSecret(path, "alice", "secret")).toThrowError(
    expect.objectContaining({ code: "FILE_UNWRITABLE" }),
  );
  const after = lstatSync(`${around}/other`, { throwIfNoEntry: false });
  expect(after?.mode).toBe(before?.mode);
  expect(after?.size).toBe(before?.size);
});

test.skipIf(!isRoot).each<[string, () => void, string]>([
  ["folder", () => chownSync(folder, 1234, 1234), ""],
  ["folder around", () => chownSync(around, 1234, 1234), ""],
  ["folder around a new folder", () => chownSync(around, 1234, 1234), "/new"],
  [
    "file",
    () => {
      writeFileSync(`${folder}/alice.txt`, "");
      chownSync(`${folder}/alice.txt`, 1234, 1234);
    },
    "",
  ],
  [
    "sticky folder around",
    () => {
      chmodSync(around, 0o1777);
      chownSync(around, 1234, 1234);
    },
    "",
  ],
])("root gives no secret to another user: %s", (_name, arrange, below) => {
  own();
  arrange();
  const path = `${folder}${below}`;
  const refusal = expect.objectContaining({
    code: "FILE_UNWRITABLE",
    message: expect.stringContaining("belongs to another user"),
  });
  expect(() => checkSecretFiles(path, ["alice"])).toThrowError(refusal);
  expect(() => openSecretFolder(path, ["alice"])).toThrowError(refusal);
  // Only the user who typed `sudo` may have the folder.
  vi.stubEnv("SUDO_UID", "1235");
  expect(() => checkSecretFiles(path, ["alice"])).toThrowError(refusal);
  vi.stubEnv("SUDO_UID", "1234");
  expect(() => checkSecretFiles(path, ["alice"])).not.toThrow();
});

test.skipIf(!isRoot)("with sudo, folder and file belong to the user of the folder around", () => {
  vi.stubEnv("SUDO_UID", "1234");
  chownSync(around, 1234, 1234);
  openSecretFolder(folder, ["alice"]);
  appendSecret(folder, "alice", "one\n");
  expect([statSync(folder).uid, statSync(`${folder}/alice.txt`).uid]).toEqual([1234, 1234]);
});

test("a sealed file is replaced by its own run, and by no other", () => {
  own();
  openSecretFolder(folder, ["alice"], "age");
  const write = sealedFile(folder, "alice");
  write("one\n");
  write("one and two\n");
  expect(readFileSync(`${folder}/alice.age`, "utf8")).toBe("one and two\n");
  expect(readdirSync(folder)).toEqual(["alice.age"]);
  if (!isWindows) expect(statSync(`${folder}/alice.age`).mode & 0o777).toBe(0o600);
  const refusal = expect.objectContaining({
    code: "FILE_UNWRITABLE",
    hint: expect.stringMatching(/move it away/),
  });
  expect(() => openSecretFolder(folder, ["alice"], "age")).toThrowError(refusal);
  expect(() => sealedFile(folder, "alice")("three\n")).toThrowError(refusal);
  expect(readFileSync(`${folder}/alice.age`, "utf8")).toBe("one and two\n");
});

test.skipIf(isWindows)("a sealed file follows no link, also one that appears meanwhile", () => {
  own();
  const write = sealedFile(folder, "alice");
  write("one\n");
  rmSync(`${folder}/alice.age`);
  symlinkSync(other(), `${folder}/alice.age`);
  expect(() => write("two\n")).toThrowError(/symbolic link/);
  expect(() => sealedFile(folder, "alice")("two\n")).toThrowError(/there already/);
  expect(readFileSync(`${around}/other`, "utf8")).toBe("other\n");
});
