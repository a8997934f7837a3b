// A cloned repository brings programs with the names of Windows' own and of the user's tools. Windows looks for a
// bare name in the current folder first, so awst must not use bare names, nor let cmd.exe do it for the user.

import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plainConfiguration } from "../support/home.ts";
import { root } from "../support/processes.ts";
import { builds, isAbsent, startWindows, type Windows } from "./wine.ts";

const repository = "C:\\repository";
const names = ["schtasks", "powershell", "cmd", "taskkill", "ping", "node", "where", "phone"];
const role = ["main-account", "DeveloperAccess"];
const hijacked = {
  cwd: repository,
  // The shell of the repository, which awst must not use either.
  env: { ComSpec: `${repository}\\cmd.exe`, COMSPEC: `${repository}\\cmd.exe` },
};

describe.each(builds)("%s", (build) => {
  const absent = isAbsent(build);

  test.skipIf(absent)("no program of the current folder runs", async () => {
    await using windows = await startInRepository(build);
    const { home } = windows;
    const awst = (...args: readonly string[]) => windows.awst(args, hijacked);

    expect(await awst("key", "import")).toMatchObject({ status: 0 });
    // cmd.exe, for the [mfa] command; its tool is on the PATH and in the current folder.
    windows.write("C:\\tools\\phone.cmd", `@echo ${home.code()}\r\n`);
    const assumed = await windows.awst(["assume", ...role], {
      ...hijacked,
      env: { ...hijacked.env, WINEPATH: "C:\\tools" },
    });
    expect(assumed).toMatchObject({ status: 0 });
    // schtasks.exe and powershell.exe.
    expect(await awst("key", "schedule", "--every", "7d")).toMatchObject({ status: 0 });
    expect(await awst("key", "schedule", "--show")).toMatchObject({ status: 0 });
    expect(await awst("key", "schedule", "--remove")).toMatchObject({ status: 0 });
    // cmd.exe, for a batch file.
    windows.write("C:\\tools\\seven.cmd", "@exit /b 7\r\n");
    expect(await awst("exec", ...role, "--", "C:\\tools\\seven.cmd")).toMatchObject({ status: 7 });
    expect(await awst("exec", ...role, "--", "phone")).toMatchObject({
      status: 127,
      stderr: expect.stringContaining("no such program"),
    });
    // powershell.exe, for a window that asks for a code, and taskkill.exe at the time limit.
    await awst("logout", "--all");
    const asked = { ...hijacked.env, SSH_CONNECTION: "" };
    await windows.awst(["credential-process", ...role], { ...hijacked, env: asked });
    expect(await awst("doctor")).toMatchObject({ stdout: expect.stringContaining("keychain") });

    expect(marksOf(windows)).toEqual([]);
  });
});

test.skipIf(isAbsent("Node"))("a bare name does run the current folder's program", async () => {
  await using windows = await startInRepository("Node");
  await windows.evaluate(
    'result = require("child_process").spawnSync("schtasks", { stdio: "ignore" }).status',
    { cwd: repository },
  );
  expect(marksOf(windows)).toEqual(["schtasks.exe.ran"]);
});

async function startInRepository(build: (typeof builds)[number]): Promise<Windows> {
  const windows = await startWindows({ build });
  const configuration = plainConfiguration(windows.home.sandbox);
  windows.write(
    "C:\\users\\jane\\.config\\awstools\\config.toml",
    `${configuration}\n[mfa]\ncommand = "phone"\n`,
  );
  windows.write(`${repository}\\README.md`, "");
  for (const name of names) {
    copyFileSync(join(root, ".wine/leave-mark.exe"), windows.here(`${repository}\\${name}.exe`));
  }
  return windows;
}

function marksOf(windows: Windows): readonly string[] {
  const folder = windows.here(repository);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ran")) : [];
}
