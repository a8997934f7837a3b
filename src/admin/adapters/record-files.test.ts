import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openFakeKeychain } from "../../../test/support/fake-keychain.ts";
import { writeTextFile } from "../../adapters/file/text-file.ts";
import { openGrantRecords } from "./grant-records.ts";
import { openReadingStore } from "./reading-store.ts";
import { openNoticeRecords, openUserRecords } from "./user-records.ts";

const account = "111111111111";
let around: string;
let state: string;
beforeEach(() => {
  around = mkdtempSync(`${tmpdir()}/awst-records-`);
  state = `${around}/state/awst`;
});
afterEach(() => rmSync(around, { recursive: true }));

function context() {
  return {
    paths: { state },
    writeText: async (...args: Parameters<typeof writeTextFile>) => writeTextFile(...args),
    debug: () => {},
    now: () => new Date(),
  } as unknown as Parameters<typeof openReadingStore>[0];
}

interface TestedStore {
  readonly name: string;
  readonly read: () => Promise<unknown>;
  readonly write: () => Promise<void>;
  /** What `read` returns where there is nothing. */
  readonly none: unknown;
}

const warned = '{"version":1,"warned":{"AIDA1":"2026-11-01"}}';
const keychain = openFakeKeychain(new Map([["key/main", "x"]]));
const openKeychain = async () => keychain;
const grant = { id: "g1", user: "alice", reason: "r", by: "bob", approvedBy: undefined };
const stores: readonly TestedStore[] = [
  {
    name: "an off-boarded user",
    read: () => openUserRecords(context()).read(account, "alice"),
    write: () => openUserRecords(context()).write(account, "alice", "{}"),
    none: undefined,
  },
  {
    name: "the days of warnings",
    read: () => openNoticeRecords(context(), openKeychain).read(account),
    write: () => openNoticeRecords(context(), openKeychain).write(account, warned),
    none: undefined,
  },
  {
    name: "the reasons of grants",
    read: () => openGrantRecords(context()).read(account),
    write: () => openGrantRecords(context()).add(account, grant),
    none: new Map(),
  },
  {
    name: "responses of a report",
    read: () => openReadingStore(context(), account, "arn").read(),
    write: () => openReadingStore(context(), account, "arn").append("{}"),
    none: undefined,
  },
];

/** Returns the path that the store writes. */
async function pathOf(store: TestedStore): Promise<string> {
  await store.write();
  return execFileSync("find", [state, "-type", "f"], { encoding: "utf8" }).trim();
}

describe
  .skipIf(process.platform === "win32")
  .each(stores.map((each) => [each.name, each] as const))("%s", (_, store) => {
  test("is written by an administrator who has no state folder yet, for its owner alone", async () => {
    const path = await pathOf(store);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(await store.read()).not.toEqual(store.none);
  });

  test.each<[what: string, make: (path: string) => void]>([
    ["a pipe", (path) => execFileSync("mkfifo", [path])],
    ["a link to a device", (path) => symlinkSync("/dev/zero", path)],
    ["a folder", (path) => mkdirSync(path)],
    ["a link to itself", (path) => symlinkSync(path, path)],
    [
      "far too large",
      (path) => {
        writeFileSync(path, "");
        truncateSync(path, 2 ** 40);
      },
    ],
  ])("that is %s counts as absent", async (what, make) => {
    const path = await pathOf(store);
    rmSync(path);
    make(path);
    expect(await store.read()).toEqual(store.none);
    // Responses of a report that look old are removed when they are read.
    const isRemoved = !existsSync(path) && what === "a link to a device";
    if (isRemoved || what === "far too large") return;
    await expect(store.write()).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
  });

  test.skipIf(process.getuid?.() !== 0)("made with sudo belongs to the user", async () => {
    chownSync(around, 54_321, 54_321);
    const path = await pathOf(store);
    const owners = [path, dirname(path), dirname(dirname(path))].map((each) => statSync(each).uid);
    expect(owners).toEqual([54_321, 54_321, 54_321]);
  });
});

describe.skipIf(process.platform === "win32")("a record of a user is not used", () => {
  const isRoot = process.getuid?.() === 0;
  const record = () => `${state}/off-boarded-${account}-alice.json`;

  test.each<[string, (path: string) => void, boolean]>([
    ["that everyone can write", (path) => chmodSync(path, 0o666), true],
    ["that a group can write", (path) => giveToGroup(path, 0o620), isRoot],
    ["in a folder that everyone can write", () => chmodSync(state, 0o777), true],
    ["of another user", (path) => chownSync(path, 54_321, 54_321), isRoot],
    ["in another user's folder", () => chownSync(state, 54_321, 54_321), isRoot],
  ])("%s", async (_name, change, isPossible) => {
    if (!isPossible) return;
    const records = openUserRecords(context());
    await records.write(account, "Alice", "{}");
    expect(records.pathOf(account, "Alice")).toBe(record());
    expect(await records.read(account, "alice")).toBe("{}");
    change(record());
    await expect(records.read(account, "alice")).rejects.toMatchObject({
      code: "ADMIN_REFUSED",
      message: expect.stringContaining(record()),
    });
  });

  test.skipIf(!isRoot)("but one of the user who typed sudo is", async () => {
    const records = openUserRecords(context());
    await records.write(account, "alice", "{}");
    for (const path of [record(), state]) chownSync(path, 54_321, 54_321);
    vi.stubEnv("SUDO_UID", "54321");
    expect(await records.read(account, "alice")).toBe("{}");
    vi.unstubAllEnvs();
  });
});

function giveToGroup(path: string, mode: number): void {
  chownSync(path, 0, 54_321);
  chmodSync(path, mode);
}
