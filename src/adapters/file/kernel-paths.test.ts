// Every path from the user reaches the file that other programs open under it: `..` after a link is the folder above the
// link's target.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { appendSecret, openSecretFolder, secretFileOf } from "../../admin/adapters/secret-files.ts";
import { readSessionFlags } from "../../args/session-options.ts";
import { openSystemd } from "../scheduler/scheduler-systemd.ts";
import { findPaths, resolvePath } from "./paths.ts";

let top: string;
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), "awst-kernel-")));
  for (const folder of ["far/away/deep", "near/plain", ".aws"])
    mkdirSync(join(top, folder), { recursive: true });
  symlinkSync(join(top, "far/away"), join(top, "near/link"));
  symlinkSync("link", join(top, "near/second"));
  symlinkSync("../far/away/deep", join(top, "near/relative"));
  symlinkSync("gone", join(top, "near/broken"));
  symlinkSync("loop", join(top, "near/loop"));
  for (const folder of ["far", "near", "near/plain", "far/away", "."]) {
    writeFileSync(join(top, folder, "x"), folder);
  }
  symlinkSync("x", join(top, "near/file-link"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(top, { recursive: true });
});

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

describe.runIf(process.platform !== "win32")("a path is the kernel's", () => {
  const cases: readonly [string, string | undefined][] = [
    ["near/x", "near"],
    ["near/plain/../x", "near"],
    ["near/link/../x", "far"],
    ["near/second/../x", "far"],
    ["near/relative/../x", "far/away"],
    ["near/relative/../../x", "far"],
    ["near/link/deep/../../x", "far"],
    ["near/plain/./..//link/../../near/x", "near"],
    ["near/link/../../../../../../../../../x", undefined],
    ["near/broken/../x", undefined],
    ["near/loop/../x", undefined],
    ["near/gone/../x", undefined],
    ["near/x/../x", undefined],
    ["near/file-link/../x", undefined],
  ];

  test.each(cases)("%s", (path, expected) => {
    expect(textAt(`${top}/${path}`)).toBe(expected);
    expect(textAt(resolvePath(`${top}/${path}`))).toBe(expected);
    if (expected !== undefined) expect(resolvePath(`${top}/${path}`)).not.toContain("..");
  });

  test.each(cases)("relative: %s", (path, expected) => {
    vi.spyOn(process, "cwd").mockReturnValue(`${top}/near/plain`);
    expect(textAt(resolvePath(`../../${path}`))).toBe(expected);
  });

  const names = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWST_CONFIG"] as const;
  test.each(names.flatMap((name) => cases.map((each) => [name, ...each] as const)))(
    "%s: %s",
    (name, path, expected) => {
      for (const value of [`${top}/${path}`, `~/${path}`]) {
        const found = findPaths({ HOME: top, [name]: value }, undefined);
        const { awsConfig, awsCredentials, configuration } = found;
        const paths = { AWS_CONFIG_FILE: awsConfig, AWS_SHARED_CREDENTIALS_FILE: awsCredentials };
        expect(textAt({ ...paths, AWST_CONFIG: configuration }[name])).toBe(expected);
      }
    },
  );

  test.each(cases)("--config %s", (path, expected) => {
    expect(textAt(findPaths({ HOME: top }, `${top}/${path}`).configuration)).toBe(expected);
  });

  test("HOME, XDG_CONFIG_HOME and XDG_STATE_HOME", () => {
    const up = `${top}/near/link/..`;
    const far = join(top, "far");
    expect(findPaths({ HOME: up }, undefined)).toMatchObject({
      configuration: join(far, ".config/awstools/config.toml"),
      awsConfig: join(far, ".aws/config"),
    });
    const paths = findPaths({ HOME: top, XDG_CONFIG_HOME: up, XDG_STATE_HOME: up }, undefined);
    expect(paths.configuration).toBe(join(far, "awstools/config.toml"));
    expect(paths.sharedState).toBe(join(far, "awst"));
  });

  test("the same file under two spellings is one configuration", () => {
    const [one, two] = ["near/link/../x", "far/x"].map((path) =>
      findPaths({ HOME: top }, `${top}/${path}`),
    );
    expect(one).toEqual(two);
  });

  test("--out: the folder that is checked is the one that is written", () => {
    const folder = `${top}/near/link/../out`;
    openSecretFolder(folder, ["me"]);
    appendSecret(folder, "me", "secret\n");
    expect(secretFileOf(folder, "me")).toBe(`${folder}/me.txt`);
    expect(textAt(join(top, "far/out/me.txt"))).toContain("secret");
    expect(textAt(join(top, "near/out/me.txt"))).toBeUndefined();
  });

  test("--policy-file: the process line names the file that was read", async () => {
    const none = {
      duration: undefined,
      single: false,
      sessionName: undefined,
      policyArn: [],
      tag: {},
      sourceIdentity: undefined,
    };
    for (const policyFile of [`${top}/near/link/../x`, `${top}/near/./plain/x`]) {
      const read: string[] = [];
      const flags = await readSessionFlags(
        { ...none, policyFile } as Parameters<typeof readSessionFlags>[0],
        async (path) => {
          read.push(path);
          return "{}";
        },
      );
      expect(textAt(flags.policyFile ?? "")).toBe(textAt(read[0] ?? ""));
    }
  });

  test("the unit files of systemd", async () => {
    const folder = join(top, "far/systemd/user");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "awst-a.timer"), "");
    const backend = openSystemd({ XDG_CONFIG_HOME: `${top}/near/link/..` }, { home: top });
    expect((await backend.find("awst-a"))?.where[0]).toBe(join(folder, "awst-a.timer"));
  });
});
