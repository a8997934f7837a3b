import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findPaths } from "./paths.ts";

const posix = test.runIf(process.platform !== "win32");

posix("everything has a usual place under the home folder", () => {
  expect(findPaths({ HOME: "/home/me" }, undefined)).toMatchObject({
    home: "/home/me",
    configuration: "/home/me/.config/awstools/config.toml",
    configurationIsNamed: false,
    defaultConfiguration: "/home/me/.config/awstools/config.toml",
    state: "/home/me/.local/state/awst",
    sharedState: "/home/me/.local/state/awst",
    itemPrefix: "",
    awsConfig: "/home/me/.aws/config",
    awsCredentials: "/home/me/.aws/credentials",
  });
});

posix("XDG's folders count where they are absolute", () => {
  const xdg = { HOME: "/h", XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "/s" };
  const paths = findPaths(xdg, undefined);
  expect([paths.configuration, paths.state]).toEqual(["/c/awstools/config.toml", "/s/awst"]);
  const relative = findPaths({ HOME: "/h", XDG_CONFIG_HOME: "c", XDG_STATE_HOME: "" }, undefined);
  expect([relative.configuration, relative.state]).toEqual([
    "/h/.config/awstools/config.toml",
    "/h/.local/state/awst",
  ]);
});

describe("another configuration has its own keys and state", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "awst-paths-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const shared = () => join(home, ".local/state/awst");
  const owner = (path: string) => createHash("sha256").update(path).digest("hex").slice(0, 12);
  const find = (path: string) => findPaths({ HOME: home, AWST_CONFIG: path }, undefined);
  const isShared = (path: string) => {
    const { state, sharedState, itemPrefix } = find(path);
    expect(sharedState).toBe(shared());
    expect(itemPrefix === "").toBe(state === sharedState);
    return itemPrefix === "";
  };

  posix("each by its path, none by the file's contents", () => {
    const [one, other] = [find("/repo/a.toml"), find("/repo/b.toml")];
    expect(one.state).toBe(join(shared(), "configurations", owner("/repo/a.toml")));
    expect(one.itemPrefix).toBe(`configuration-${owner("/repo/a.toml")}/`);
    expect(new Set([one.state, other.state, shared()]).size).toBe(3);
    expect(find("/repo/a.toml")).toEqual(one);
  });

  posix(
    "what was stored in one place before stays there, for the configuration that used it",
    () => {
      mkdirSync(shared(), { recursive: true });
      writeFileSync(join(shared(), `warm-${owner("/home/me/work.toml")}.json`), "{}");
      expect(isShared("/home/me/work.toml")).toBe(true);
      expect(isShared("/repo/a.toml")).toBe(false);
    },
  );

  posix("`config trust --keys` shares the usual configuration's keys", () => {
    const file = join(shared(), `configurations/${owner("/repo/a.toml")}/shares-keys.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    expect([isShared("/repo/a.toml"), isShared("/repo/b.toml")]).toEqual([true, false]);
  });

  posix("another path of the usual file is the usual configuration", () => {
    const usual = join(home, ".config/awstools/config.toml");
    mkdirSync(dirname(usual), { recursive: true });
    expect(isShared(join(home, "link.toml"))).toBe(false);
    writeFileSync(usual, "");
    symlinkSync(usual, join(home, "link.toml"));
    writeFileSync(join(home, "copy.toml"), "");
    expect(isShared(usual)).toBe(true);
    expect(isShared(join(home, "link.toml"))).toBe(true);
    expect(isShared(join(home, "copy.toml"))).toBe(false);
  });
});

posix.each<[string | undefined, string | undefined, string, boolean]>([
  ["/flag.toml", "/env.toml", "/flag.toml", true],
  [undefined, "/env.toml", "/env.toml", true],
  [undefined, "~/x.toml", "/h/x.toml", true],
  [undefined, "", "/h/.config/awstools/config.toml", false],
  ["x.toml", undefined, resolve("x.toml"), true],
  ["/h/.config/awstools/config.toml", undefined, "/h/.config/awstools/config.toml", false],
])("--config %s and AWST_CONFIG %s mean %s (named: %s)", (flag, env, path, named) => {
  const paths = findPaths({ HOME: "/h", AWST_CONFIG: env }, flag);
  expect([paths.configuration, paths.configurationIsNamed]).toEqual([path, named]);
});

posix.each([
  ["~/a", "/h/a"],
  ["~", "/h"],
  ["/abs", "/abs"],
  ["", "/h/.aws/config"],
])("AWS_CONFIG_FILE %j is %s", (value, path) => {
  expect(findPaths({ HOME: "/h", AWS_CONFIG_FILE: value }, undefined).awsConfig).toBe(path);
});

posix.each(["AWST_CONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])(
  "a relative %s is refused: the current folder decides nothing",
  (name) => {
    for (const path of [
      "rel",
      "./a",
      "../a",
      "~other/a",
      "a/../../b",
      " /a",
      "file:///a",
      "\\a",
      "C:/a",
    ]) {
      expect(() => findPaths({ HOME: "/h", [name]: path }, undefined), path).toThrow(
        `${name} must be an absolute path`,
      );
    }
  },
);

posix("AWS_SHARED_CREDENTIALS_FILE moves the credentials alone", () => {
  const paths = findPaths({ HOME: "/h", AWS_SHARED_CREDENTIALS_FILE: "~/c" }, undefined);
  expect([paths.awsCredentials, paths.awsConfig]).toEqual(["/h/c", "/h/.aws/config"]);
});

test("without HOME, the home folder comes from the system", () => {
  expect(findPaths({}, undefined).home).toBe(homedir());
});

const linux = test.runIf(process.platform === "linux");

const user = process.getuid?.();
const shared = `/dev/shm/awst-${user}`;
/** Where the key of an unlocked store is without XDG_RUNTIME_DIR: the login session's folder, or shared memory. */
const usual = existsSync(`/run/user/${user}`) ? `/run/user/${user}/awst` : shared;
const withoutSession = test.runIf(process.platform === "linux" && usual === shared);

withoutSession("without a login session, it is a folder of mode 0700 in shared memory", () => {
  expect(findPaths({ HOME: "/h" }, undefined).runtime).toBe(shared);
  const found = lstatSync(shared);
  expect([found.isDirectory(), found.uid, found.mode & 0o777]).toEqual([true, user, 0o700]);
});

withoutSession.each<[string, (path: string) => void]>([
  ["a link to a folder of the user", (path) => symlinkSync(mkdtempSync(`${path}-target-`), path)],
  ["a link to nothing", (path) => symlinkSync(`${path}-nothing`, path)],
  ["a file", (path) => writeFileSync(path, "", { mode: 0o700 })],
  ["a folder that others can read", (path) => chmodSync(mkdir(path), 0o750)],
  ["a folder that all can write", (path) => chmodSync(mkdir(path), 0o1777)],
  ["a folder of another user", (path) => chownSync(mkdir(path), 12345, 12345)],
])("in shared memory, %s is not used", (_, make) => {
  // As another user would find it, so that the folder of the user who runs this test stays.
  const id = 4_000_000 + Math.floor(Math.random() * 1_000_000);
  const path = `/dev/shm/awst-${id}`;
  vi.spyOn(process, "getuid").mockReturnValue(id);
  try {
    make(path);
    if (process.geteuid?.() === 0 && !lstatSync(path).isSymbolicLink()) {
      const { uid } = lstatSync(path);
      if (uid === 0) chownSync(path, id, id);
    }
    expect(findPaths({ HOME: "/h" }, undefined).runtime).toBeUndefined();
  } finally {
    vi.restoreAllMocks();
    for (const name of readdirSync("/dev/shm").filter((each) => each.startsWith(`awst-${id}`))) {
      rmSync(`/dev/shm/${name}`, { recursive: true });
    }
  }
});

function mkdir(path: string): string {
  mkdirSync(path, { mode: 0o700 });
  return path;
}

linux("the runtime folder counts in memory alone, and only with mode 0700", () => {
  const inMemory = mkdtempSync("/dev/shm/awst-runtime-");
  const onDisk = mkdtempSync(join(tmpdir(), "awst-runtime-"));
  const runtime = (path: string) =>
    findPaths({ HOME: "/h", XDG_RUNTIME_DIR: path }, undefined).runtime;
  try {
    expect(runtime(inMemory)).toBe(join(inMemory, "awst"));
    chmodSync(inMemory, 0o750);
    expect(runtime(inMemory)).toBe(usual);
    chmodSync(inMemory, 0o700);
    symlinkSync(inMemory, join(onDisk, "link"));
    for (const path of [join(onDisk, "link"), join(inMemory, "absent"), "relative", "/", ""]) {
      expect(runtime(path), path).toBe(usual);
    }
  } finally {
    rmSync(inMemory, { recursive: true });
    rmSync(onDisk, { recursive: true });
  }
});

test.runIf(process.platform === "linux" && statfsSync(tmpdir()).type !== 0x01021994)(
  "a folder on a disk is none, whatever its mode",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "awst-runtime-"));
    try {
      const { runtime } = findPaths({ HOME: "/h", XDG_RUNTIME_DIR: folder }, undefined);
      expect(runtime).toBe(usual);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
