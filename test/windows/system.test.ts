// What awst uses of Windows itself: Task Scheduler, locks, the replacement of whole files.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { windowsTask } from "../../src/model/rotation/unit-files.ts";
import { countCalls } from "../support/calls.ts";
import { root } from "../support/processes.ts";
import { until } from "../support/until.ts";
import { isAbsent, startWindows, user } from "./wine.ts";

const role = ["main-account", "DeveloperAccess"];
const credentials = `${user}\\.aws\\credentials`;

describe.skipIf(isAbsent("Node"))("Task Scheduler", () => {
  // Wine's schtasks answers every query with nothing, so what is installed is read from its folder.
  test("takes the task's file, and the task is removed again", async () => {
    await using windows = await startWindows();
    const folder = windows.here("C:\\windows\\system32\\tasks\\awst");
    const tasks = () => (existsSync(folder) ? readdirSync(folder) : []);
    await windows.awst(["key", "import"]);
    expect(await windows.awst(["key", "schedule", "--every", "7d"])).toMatchObject({ status: 0 });
    expect(tasks()).toEqual([expect.stringMatching(/^awst-rotate-main-account-/)]);
    const text = readFileSync(join(folder, tasks()[0] ?? ""), "utf8");
    expect(text).toContain("<Description>awst: rotates the access key of main-account");
    expect(text).toContain("<ExecutionTimeLimit>PT15M</ExecutionTimeLimit>");
    expect(await windows.awst(["key", "schedule", "--remove"])).toMatchObject({ status: 0 });
    expect(tasks()).toEqual([]);
  });

  test("a task's arguments reach the program unchanged", async () => {
    await using windows = await startWindows();
    const script = "C:\\my scripts\\print.js";
    windows.write(script, "console.log(JSON.stringify(process.argv.slice(2)))");
    const args = [
      ...["key", "rotate", "", "two words", 'a "quoted" word', "C:\\my folder\\", "100%PATH%"],
      ...["a&b|c>d<e^f", "it's", "ü", "--config=C:\\a b\\c.toml", '\\\\server\\share\\"', "!x!"],
    ];
    const job = { name: "n", identity: "i", minute: 1, environment: {} };
    const text = windowsTask({
      ...job,
      command: ["C:\\nodejs\\node.exe", script, ...args],
    } as never);
    const part = (name: string) =>
      (new RegExp(`<${name}>(.*)</${name}>`).exec(text)?.[1] ?? "")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&");
    // As Task Scheduler does it: the text as the rest of the command line.
    const printed = await windows.evaluate(`
      const out = require("fs").openSync("C:\\\\out.txt", "w");
      require("child_process").spawnSync(
        ${JSON.stringify(part("Command"))}, [${JSON.stringify(part("Arguments"))}],
        { windowsVerbatimArguments: true, stdio: ["ignore", out, out] });
      result = require("fs").readFileSync("C:\\\\out.txt", "utf8");`);
    expect(JSON.parse(String(printed))).toEqual(args);
  });
});

describe.skipIf(isAbsent("stand-alone"))("locks", () => {
  test("Node and the stand-alone program make a session once, for all processes", async () => {
    await using windows = await startWindows();
    mkdirSync(windows.here("C:\\alone"));
    copyFileSync(join(root, "build/awst.exe"), windows.here("C:\\alone\\awst.exe"));
    await windows.awst(["key", "import"]);
    const code = windows.home.code();
    await windows.awst(["assume", ...role, "--mfa-code", code]);
    const before = countCalls(windows.home.sandbox)["AssumeRole"] ?? 0;
    const line = ["credential-process", "main-account", "AdminAccess"];
    const ends = await Promise.all([
      ...[windows.awst(line), windows.run(["C:\\alone\\awst.exe", ...line])],
      ...[windows.awst(line), windows.run(["C:\\alone\\awst.exe", ...line])],
    ]);
    expect(ends.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(new Set(ends.map(({ stdout }) => stdout)).size).toBe(1);
    expect(countCalls(windows.home.sandbox)["AssumeRole"]).toBe(before + 1);
  });

  test("a killed owner's lock is free", async () => {
    await using windows = await startWindows();
    await windows.awst(["key", "import"]);
    windows.write("C:\\wait.cmd", "@echo waiting>C:\\waiting\r\n@ping -n 600 127.0.0.1 >NUL\r\n");
    const configuration = `${user}\\.config\\awstools\\config.toml`;
    const text = windows.read(configuration) ?? "";
    windows.write(configuration, `${text}\n[mfa]\ncommand = 'C:\\wait.cmd'\n`);
    const { child, finished } = windows.start([...windows.program, "assume", ...role]);
    await until("the code command runs", () => windows.read("C:\\waiting"));
    child.kill("SIGKILL");
    await finished;
    windows.write(configuration, text);
    const second = await windows.awst(["assume", ...role, "--mfa-code", windows.home.code()]);
    expect(second).toMatchObject({ status: 0, stderr: expect.not.stringContaining("waiting for") });
  });
});

describe.skipIf(isAbsent("Node"))("whole files", () => {
  test("another's lines and line ends stay as they are", async () => {
    await using windows = await startWindows();
    const foreign = "; mine\r\n[other]\r\nregion=eu-west-3   \r\n\r\n";
    const own = (windows.read(credentials) ?? "").replaceAll("\n", "\r\n");
    windows.write(credentials, foreign + own);
    expect(await windows.awst(["key", "import"])).toMatchObject({ status: 0 });
    const bytes = await windows.evaluate(
      `result = require("fs").readFileSync(${JSON.stringify(credentials)}, "latin1")`,
    );
    expect(bytes).toContain(foreign);
    expect(String(bytes).replaceAll("\r\n", "")).not.toContain("\n");
  });

  test("a read-only file is not replaced, and the key stays in it", async () => {
    await using windows = await startWindows();
    const before = windows.read(credentials);
    await windows.evaluate(`require("fs").chmodSync(${JSON.stringify(credentials)}, 0o444)`);
    const ended = await windows.awst(["key", "import"]);
    expect(ended).toMatchObject({ status: 1, stderr: expect.stringContaining("cannot write") });
    expect(windows.read(credentials)).toBe(before);
  });
});
