// The main job on Windows, with Wine's Credential Manager as keychain: by Node and by the stand-alone program.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { builds, isAbsent, startWindows, user, type Windows } from "./wine.ts";

const role = ["main-account", "DeveloperAccess"];
const credentials = `${user}\\.aws\\credentials`;

describe.each(builds)("%s", (build) => {
  const absent = isAbsent(build);
  if (absent) console.log(`awst on Wine, ${build}: skipped: ${absent}`);

  test.skipIf(absent)("import, assume, credential-process, exec, rotate, logout", async () => {
    await using windows = await startWindows({ build });
    const { sandbox } = windows.home;
    const { accessKeyId, secretAccessKey } = sandbox.main;
    const awst = async (args: readonly string[]) => {
      const { status, stdout, stderr } = await windows.awst(args);
      return { status, stdout, stderr: status === 0 ? "" : stderr };
    };

    expect(await awst(["key", "import"])).toMatchObject({ status: 0, stderr: "" });
    expect(windows.read(credentials)).not.toContain(accessKeyId);

    const code = windows.home.code();
    expect(await awst(["assume", ...role, "--mfa-code", code])).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringContaining("main-account/DeveloperAccess"),
    });
    expect(windows.read(`${user}\\.aws\\config`)).toContain("[profile main-account/Developer");

    const before = countCalls(sandbox);
    const served = await awst(["credential-process", ...role]);
    expect(served).toMatchObject({ status: 0, stderr: "" });
    const session = JSON.parse(served.stdout);
    expect(session).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) });
    expect(countCalls(sandbox)).toEqual(before);

    const print = ["cmd", "/d", "/c", "echo %AWS_ACCESS_KEY_ID%&exit 7"];
    expect(await windows.awst(["exec", ...role, "--", ...print])).toMatchObject({
      status: 7,
      stdout: `${session.AccessKeyId}\n`,
    });

    const rotated = await windows.awst(["key", "rotate"]);
    expect(rotated).toMatchObject({ status: 0 });
    const listed = JSON.parse((await awst(["key", "list", "--json"])).stdout);
    expect([rotated.stderr, listed.keys]).toMatchObject([
      expect.any(String),
      [
        { accessKeyId, status: "inactive", storedIn: null },
        { status: "active", storedIn: "keychain" },
      ],
    ]);
    expect(await awst(["key", "rotate", "--undo"])).toMatchObject({ status: 0, stderr: "" });

    expect(await awst(["logout", "--all"])).toMatchObject({ status: 0, stderr: "" });
    expect(await windows.awst(["credential-process", ...role])).toMatchObject({ status: 3 });

    const written = textOf(windows, `${user}\\AppData\\Local\\awst`);
    expect(written).toContain("main-account");
    expect(windows.read(credentials)).not.toContain(secretAccessKey);
    for (const secret of [secretAccessKey, session.SecretAccessKey, session.SessionToken]) {
      expect(written).not.toContain(secret);
    }
  });
});

/** The text of every file below a folder. */
function textOf(windows: Windows, folder: string): string {
  const here = windows.here(folder);
  return readdirSync(here, { recursive: true, encoding: "utf8" })
    .map((name) => join(here, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "latin1"))
    .join("\n");
}
