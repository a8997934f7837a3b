// The line of a profile, started as AWS's tools start it on Windows: without a shell (boto3), by cmd.exe (the SDK for
// JavaScript), and by cmd.exe with Go's own quoting (Terraform).

import { describe, expect, test } from "vitest";
import { builds, isAbsent, startWindows, user } from "./wine.ts";

const role = ["main-account", "DeveloperAccess"];

/** Each tool's program and its command line, as JavaScript. */
const tools = {
  boto3: (line: string) => [line.split(" ")[0] ?? "", line.slice(line.indexOf(" ") + 1)],
  javascript: (line: string) => ["C:\\windows\\system32\\cmd.exe", `/d /s /c "${line}"`],
  go: (line: string) => [
    "C:\\windows\\system32\\cmd.exe",
    `/C "${line.replaceAll(/(\\*)"/g, '$1$1\\"')}"`,
  ],
};

describe.each(builds)("%s", (build) => {
  test.skipIf(isAbsent(build) ?? isAbsent("Node"))(
    "every tool's start gives the session",
    async () => {
      await using windows = await startWindows({ build });
      const imported = await windows.awst(["key", "import"]);
      const assumed = await windows.awst(["assume", ...role, "--mfa-code", windows.home.code()]);
      expect([imported, assumed]).toMatchObject([{ status: 0 }, { status: 0 }]);
      const section = (windows.read(`${user}\\.aws\\config`) ?? "").split("[profile ")[1] ?? "";
      const line = /credential_process = (.*)/.exec(section)?.[1] ?? "";
      expect(line).not.toMatch(/["\\]/);
      const expected = (await windows.awst(["credential-process", ...role])).stdout;
      const starts = Object.values(tools).map((start) => start(line));
      const printed = await windows.evaluate(`
      result = ${JSON.stringify(starts)}.map(([file, text], at) => {
        const out = require("fs").openSync("C:\\\\out" + at, "w");
        require("child_process").spawnSync(file, [text], {
          windowsVerbatimArguments: true, stdio: ["ignore", out, "ignore"] });
        return require("fs").readFileSync("C:\\\\out" + at, "utf8");
      });`);
      expect(printed).toEqual(starts.map(() => expected));
    },
  );
});

test.skipIf(isAbsent("Node"))(
  "folders with spaces are quoted, for all but Go's tools",
  async () => {
    await using windows = await startWindows({ nodeFolder: "C:\\Program Files\\nodejs" });
    const imported = await windows.awst(["key", "import"]);
    const assumed = await windows.awst(["assume", ...role, "--mfa-code", windows.home.code()]);
    expect([imported, assumed]).toMatchObject([{ status: 0 }, { status: 0 }]);
    const section = (windows.read(`${user}\\.aws\\config`) ?? "").split("[profile ")[1] ?? "";
    const line = /credential_process = (.*)/.exec(section)?.[1] ?? "";
    expect(line).toMatch(/^"C:\/Program Files\/nodejs\/node\.exe" /);
    const [file, text] = tools.javascript(line);
    const printed = await windows.evaluate(`
    const out = require("fs").openSync("C:\\\\out", "w");
    require("child_process").spawnSync(${JSON.stringify(file)}, [${JSON.stringify(text)}], {
      windowsVerbatimArguments: true, stdio: ["ignore", out, "ignore"] });
    result = require("fs").readFileSync("C:\\\\out", "utf8");`);
    expect(JSON.parse(String(printed))).toMatchObject({ Version: 1 });
  },
);
