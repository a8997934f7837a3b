// Start and end of the process: an old version of Node, and a reader that closes the pipe.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand, root, runProcess } from "../support/processes.ts";

let home: Home;
let folder: string;
beforeAll(async () => {
  home = await makeHome();
  folder = mkdtempSync(join(tmpdir(), "awst-start-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await home.remove();
});

describe("the version of Node", () => {
  test.each([
    ["18.20.8", false],
    ["20.18.3", false],
    ["20.19.0", true],
    ["22.0.0", true],
    ["26.1.0", true],
  ])("%s: %s", async (version, isEnough) => {
    const file = join(folder, "pretend.cjs");
    writeFileSync(
      file,
      `Object.defineProperty(process.versions, "node", { value: "${version}" });`,
    );
    const argv = [process.execPath, "--require", file, `${root}/bin/awst.js`, "--version"];
    const { status, stdout, stderr } = await runProcess(argv, { env: home.env, cwd: home.path });
    if (isEnough) return expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      `awst: error: Node 20.19 or newer is needed, this is ${version}\nawst: hint: `,
    );
  });
});

describe("a reader that closes the pipe", () => {
  const awst = awstCommand().join(" ");
  test.each([
    ["of output", `${awst} config show | true`],
    ["of help", `${awst} --help | true`],
    ["of errors", `${awst} nix 2>&1 | true`],
  ])("%s: awst ends without an error", async (_name, line) => {
    const { status, stderr } = await home.run(["sh", "-c", line]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("a slow reader gets the whole output", async () => {
    const accounts = Array.from({ length: 3000 }, (_, n) => `account-${n} = "${100000000000 + n}"`);
    const text = `[profiles]\nmainAccount = "main-account"\n[accounts]\n${accounts.join("\n")}\n`;
    home.write("many.toml", text);
    const line = `${awst} --config many.toml list --json | (sleep 1; cat)`;
    const { stdout } = await home.run(["sh", "-c", line]);
    expect(stdout.length).toBeGreaterThan(1_000_000);
    expect(JSON.parse(stdout).accounts).toHaveLength(3000);
  });
});
