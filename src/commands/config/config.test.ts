import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configurationOf, makeFakeMachine } from "../../../test/support/fake-context.ts";
import { runCommand } from "../../../test/support/run-command.ts";
import { openConfigurationFile } from "../../adapters/file/configuration-file.ts";
import { readPositions } from "../../adapters/file/configuration-positions.ts";
import { findPaths } from "../../adapters/file/paths.ts";
import { checkAdmin } from "../../admin/commands.ts";
import type { CommandDefinition } from "../../args/command.ts";
import * as keys from "../../model/configuration/known-keys.ts";
import type { Context } from "../../ports.ts";
import { checkOf } from "./check.ts";
import { command as path } from "./path.ts";
import { command as show } from "./show.ts";

const check = checkOf(checkAdmin);
const example = readFileSync("config.example.toml", "utf8");
const filledIn = example.replace("<your-account-id>", "111111111111");
const uncommented = filledIn.replaceAll(/^# (?=\[|[A-Za-z]+ = )/gm, "");
let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "awst-commands-"));
});

afterEach(() => rmSync(home, { recursive: true }));

test("the example is valid except for its account id, which is reported", async () => {
  const { status, output } = await run(check, example);
  expect(status).toBe(2);
  expect(output).toContain('is still the placeholder "<your-account-id>"');
  expect(output).toContain("1 mistake in ");
});

test.each([
  ["as it stands", filledIn],
  ["with all that is commented out", uncommented],
])("the completed example is right %s", async (_, text) => {
  const { status, output } = await run(check, text);
  expect(output).toContain("no mistakes in");
  expect(output).toContain("note: awstools can't read this file");
  expect(status).toBe(0);
});

test("the example mentions every setting", () => {
  const ofAwstoolsAlone = [
    "defaultKmsKey",
    "reuseCredentialsIfValidForMinutes",
    "autoRotateMainAccountKey",
  ];
  const known = Object.values(keys).flatMap((each): readonly string[] =>
    Array.isArray(each) ? each : [],
  );
  expect(known.length).toBeGreaterThan(30);
  const missing = known.filter(
    (key) => !new RegExp(`^(${key} = |\\[${key}[\\].])`, "m").test(uncommented),
  );
  expect(missing).toEqual(ofAwstoolsAlone);
});

test("check --json is one object with every mistake", async () => {
  const { status, output } = await run(check, "x = 1\n[profiles]\nmainAccount = 'm'\ny = 2", {
    json: true,
  });
  expect(JSON.parse(output)).toEqual({
    version: 1,
    nameRemarks: [],
    path: join(home, "config.toml"),
    valid: false,
    problems: [
      { line: 1, column: 1, message: "unknown key x", hint: expect.any(String) },
      { line: 4, column: 1, message: "unknown key profiles.y", hint: expect.any(String) },
    ],
    remarks: [],
  });
  expect(status).toBe(2);
});

test("check prints each hint below its mistake", async () => {
  const { output } = await run(check, "[profiles]\nmainAcount = 'm'\nmainAccount = 'm'");
  const file = join(home, "config.toml");
  expect(output.split("\n").slice(0, 3)).toEqual([
    `${file}:2:1: unknown key profiles.mainAcount`,
    '    did you mean "mainAccount"?',
    `1 mistake in ${file}`,
  ]);
});

test("path prints the path, whether the file exists or not", async () => {
  const file = join(home, "config.toml");
  expect((await run(path, undefined)).output).toBe(`${file}\n`);
  const absent = await run(path, undefined, { json: true });
  expect(JSON.parse(absent.output)).toEqual({ version: 1, path: file, exists: false, named: true });
  const present = await run(path, "", { json: true });
  expect(JSON.parse(present.output)).toMatchObject({ exists: true });
});

test("show prints a valid file, and the region of calls", async () => {
  const { output } = await run(show, uncommented, { env: { AWS_REGION: "us-west-2" } });
  expect(output).toContain('# calls of "main-account" go to eu-west-1 (defaultRegion)');
  expect(output).toContain('# calls of "other-org" go to us-west-2 (identity)');
  const again = await run(check, output);
  expect(again.output).toContain("no mistakes in");
});

test("show reports a missing region, and lists the built-in roles", async () => {
  const { output } = await run(show, "[profiles]\nmainAccount = 'm'");
  expect(output).toContain('# calls of "m" go to us-east-1 (nothing names a region)');
  expect(output).toContain("# roles: DeveloperAccess 4h, AdminAccess 1h; any other name");
});

test("show --json is one object with defaults filled in", async () => {
  const { output } = await run(show, filledIn, { json: true });
  expect(JSON.parse(output)).toMatchObject({
    version: 1,
    defaultRegion: "eu-west-1",
    defaultIdentity: "main-account",
    identities: [
      { name: "main-account", accountId: "111111111111", callRegion: "eu-west-1", device: null },
    ],
    accounts: [
      { name: "main-account", roles: ["DeveloperAccess", "AdminAccess"], identity: "main-account" },
    ],
    rolesAreConfigured: false,
    keychain: { backend: "auto" },
    write: { mode: "process" },
    paths: { awsConfig: join(home, ".aws/config") },
  });
});

async function run(
  command: CommandDefinition<Context>,
  text: string | undefined,
  how: { json?: boolean; env?: Record<string, string> } = {},
) {
  const file = join(home, "config.toml");
  if (text !== undefined) writeFileSync(file, text);
  const paths = findPaths({ HOME: home }, file);
  let output = "";
  const context: Context = {
    ...makeFakeMachine(configurationOf([])).process(),
    env: how.env ?? {},
    paths,
    fileFingerprint: () => (text === undefined ? undefined : "1"),
    out: async (more: string) => {
      output += more;
    },
    configurationFile: async () =>
      openConfigurationFile(
        paths,
        () => "fileFingerprint",
        async () => ({ readPositions }),
      ),
  };
  return { status: await runCommand(command, context, how.json ? ["--json"] : []), output };
}
