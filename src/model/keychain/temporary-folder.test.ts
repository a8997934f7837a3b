import { expect, test } from "vitest";
import { temporaryFolderOf } from "./temporary-folder.ts";

const home = "/home/me";

test.each<[string, string, string, Record<string, string>, string | undefined]>([
  ["/home/me/.local/state/awst", home, "linux", {}, undefined],
  ["/tmp/tmp.x1/awst", home, "linux", {}, "/tmp"],
  ["/tmp", home, "linux", {}, "/tmp"],
  ["/tmpfiles/awst", home, "linux", {}, undefined],
  ["/dev/shm/awst", home, "linux", {}, "/dev/shm"],
  ["/run/user/1000/awst", home, "linux", {}, "/run"],
  ["/scratch/a/awst", home, "linux", { TMPDIR: "/scratch/" }, "/scratch/"],
  ["/scratch/a/awst", home, "linux", { TMPDIR: "/" }, undefined],
  ["/scratch/a/awst", home, "linux", { TMPDIR: "" }, undefined],
  [
    "/var/folders/ab/T/x/awst",
    "/Users/me",
    "darwin",
    { TMPDIR: "/var/folders/ab/T/" },
    "/var/folders/ab/T/",
  ],
  ["/private/tmp/x/awst", "/Users/me", "darwin", {}, "/private/tmp"],
  ["/tmp/test/home/.local/state/awst", "/tmp/test/home", "linux", {}, undefined],
  ["/dev/shm/awst", "/tmp/test/home", "linux", {}, "/dev/shm"],
  ["/var/lib/awst", home, "linux", {}, undefined],
  [
    "C:\\Users\\me\\AppData\\Local\\Temp\\awst",
    "C:\\Users\\me",
    "win32",
    { TEMP: "C:\\USERS\\me\\AppData\\Local\\Temp" },
    "C:\\USERS\\me\\AppData\\Local\\Temp",
  ],
  [
    "C:\\Users\\me\\AppData\\Local\\awst",
    "C:\\Users\\me",
    "win32",
    { TEMP: "C:\\Temp" },
    undefined,
  ],
])("%s, with the home %s on %s and %j: %s", (path, home, platform, env, expected) => {
  expect(temporaryFolderOf(path, { home, env, platform })).toBe(expected);
});
