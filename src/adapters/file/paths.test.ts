import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPaths } from "./paths.ts";

const posix = test.runIf(process.platform !== "win32");

posix("everything has a usual place under the home folder", () => {
  expect(findPaths({ HOME: "/home/me" }, undefined)).toEqual({
    home: "/home/me",
    configuration: "/home/me/.config/awstools/config.toml",
    configurationIsNamed: false,
    usualConfiguration: "/home/me/.config/awstools/config.toml",
    state: "/home/me/.local/state/awst",
    sharedState: "/home/me/.local/state/awst",
    itemPrefix: "",
    runtime: undefined,
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

linux("the runtime folder counts in memory alone, and only with mode 0700", () => {
  const inMemory = mkdtempSync("/dev/shm/awst-runtime-");
  const onDisk = mkdtempSync(join(tmpdir(), "awst-runtime-"));
  const runtime = (path: string) =>
    findPaths({ HOME: "/h", XDG_RUNTIME_DIR: path }, undefined).runtime;
  try {
    expect(runtime(inMemory)).toBe(join(inMemory, "awst"));
    chmodSync(inMemory, 0o750);
    expect(runtime(inMemory)).toBeUndefined();
    chmodSync(inMemory, 0o700);
    symlinkSync(inMemory, join(onDisk, "link"));
    expect(runtime(join(onDisk, "link"))).toBeUndefined();
    expect(runtime(join(inMemory, "absent"))).toBeUndefined();
    expect(runtime("relative")).toBeUndefined();
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
      expect(runtime).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
