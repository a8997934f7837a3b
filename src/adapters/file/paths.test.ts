import { chmodSync, mkdtempSync, rmSync, statfsSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { findPaths } from "./paths.ts";

const posix = test.runIf(process.platform !== "win32");

posix("everything has a usual place under the home folder", () => {
  expect(findPaths({ HOME: "/home/me" }, undefined)).toEqual({
    home: "/home/me",
    configuration: "/home/me/.config/awstools/config.toml",
    configurationIsNamed: false,
    state: "/home/me/.local/state/awst",
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
