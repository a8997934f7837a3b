// Which configuration a profile belongs to.

import { expect, test } from "vitest";
import { readProcessLine } from "./process-line.ts";
import type { ProfileCache } from "./profile-cache.ts";
import { profileKey } from "./profile-cache.ts";
import { otherOwnerOfKey, otherOwnerOfLine } from "./profile-owner.ts";

const defaultPath = "/h/.config/awstools/config.toml";
const named = "/h/work.toml";
const existing = [defaultPath, named, "/h/other/awstools/config.toml", "C:/work.toml"];
const exists = (path: string) => existing.includes(path);
const own = (path: string) => ({ path, defaultPath, exists });

test.each<[string, string, string, string | undefined]>([
  ["our own line", defaultPath, "awst credential-process a b", undefined],
  ["a line of the usual configuration", named, "awst credential-process a b", defaultPath],
  ["our own named line", named, `awst credential-process a b --config ${named}`, undefined],
  ["a named line", defaultPath, `awst credential-process a b --config ${named}`, named],
  ["a named line with =", defaultPath, `awst credential-process a b --config=${named}`, named],
  [
    "a line of another folder of configurations",
    defaultPath,
    "awst --env XDG_CONFIG_HOME=/h/other credential-process a b",
    "/h/other/awstools/config.toml",
  ],
  [
    "a line with our own folder of configurations",
    defaultPath,
    "awst --env XDG_CONFIG_HOME=/h/.config credential-process a b",
    undefined,
  ],
  [
    "a named line with a folder of configurations",
    named,
    `awst --env XDG_CONFIG_HOME=/h/other credential-process a b --config ${named}`,
    undefined,
  ],
  [
    "a configuration that is gone",
    defaultPath,
    "awst credential-process a b --config /gone",
    undefined,
  ],
  [
    "Windows' other slashes",
    "C:\\work.toml",
    "awst credential-process a b --config C:/work.toml",
    undefined,
  ],
])("the owner of a line: %s", (_case, path, line, owner) => {
  const call = readProcessLine(line);
  if (call === undefined) throw new Error("not a line of awst's");
  expect(otherOwnerOfLine(call, own(path))).toBe(owner);
});

test("a temporary key belongs to the configuration that wrote it last", () => {
  const entry = {
    names: [],
    conflicts: [],
    unwritable: [],
    fingerprints: [],
    line: "",
    program: "",
  };
  const of = (accessKeyId: string) => ({ ...entry, accessKeyId }) as never;
  const cache: ProfileCache = {
    reportedOpenFile: false,
    roles: {
      [profileKey(defaultPath, "a", "b")]: of("ASIA1"),
      [profileKey(named, "a", "b")]: of("ASIA2"),
      [profileKey("/gone", "a", "b")]: of("ASIA3"),
      "not a key": of("ASIA4"),
    },
  };
  const owners = ["ASIA1", "ASIA2", "ASIA3", "ASIA4", "ASIA5"].map((id) =>
    otherOwnerOfKey(id, cache, own(defaultPath)),
  );
  expect(owners).toEqual([undefined, named, undefined, undefined, undefined]);
});
