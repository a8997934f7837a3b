import { spawnSync } from "node:child_process";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isAwstError } from "../../model/errors.ts";
import { formatKeys } from "./export-formats.ts";

const values = {
  AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "a/b+c=",
  AWS_SESSION_TOKEN: "it's",
  AWS_CREDENTIAL_EXPIRATION: "2026-01-02T03:04:05Z",
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
};

test.each([
  ["env", "unset AWS_PROFILE\n", "export AWS_SESSION_TOKEN='it'\\''s'\n"],
  ["fish", "set -e AWS_PROFILE\n", "set -gx AWS_SESSION_TOKEN 'it\\'s'\n"],
  ["powershell", "$Env:AWS_PROFILE = $null\n", "$Env:AWS_SESSION_TOKEN = 'it''s'\n"],
  ["cmd", 'set "AWS_PROFILE="\n', 'set "AWS_SESSION_TOKEN=it\'s"\n'],
  ["dotenv", "AWS_ACCESS_KEY_ID=ASIAEXAMPLE\n", 'AWS_SESSION_TOKEN="it\'s"\n'],
] as const)("%s unsets first, then sets", (format, first, among) => {
  const text = formatKeys(format, values, ["AWS_PROFILE"]);
  expect(text.startsWith(first)).toBe(true);
  expect(text).toContain(among);
});

test("json has the names of credential_process and the region", () => {
  expect(JSON.parse(formatKeys("json", values, ["AWS_PROFILE"]))).toEqual({
    Version: 1,
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "a/b+c=",
    SessionToken: "it's",
    Expiration: "2026-01-02T03:04:05Z",
    Region: "eu-west-1",
  });
});

test.each(["a\nb", 'a"b', "%PATH%"])("cmd refuses %j", (value) => {
  expect(() => formatKeys("cmd", { K: value }, [])).toThrow("K has a character");
});

const nasty = fc.string({
  unit: fc.constantFrom(
    "a",
    "'",
    '"',
    "`",
    "\\",
    "$",
    "$(",
    "!",
    " ",
    "\n",
    "\t",
    "%",
    "#",
    "é",
    "’",
    "~",
    "*",
    ";",
    "=",
    "-",
  ),
  minLength: 0,
  maxLength: 12,
});
const isInstalled = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

test.each([
  ["sh", "env"],
  ["bash", "env"],
  ["zsh", "env"],
  ["fish", "fish"],
] as const)(
  "a real %s reads back any value of --format %s",
  (shell, format) => {
    if (!isInstalled(shell)) return;
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 40, maxLength: 40 }), (texts) => {
        const given = Object.fromEntries(texts.map((text, at) => [`V${at}`, text]));
        const names = Object.keys(given);
        const script = `${formatKeys(format, given, ["GONE"])}printenv GONE; env -0`;
        const { stdout, stderr } = spawnSync(shell, ["-c", script], {
          env: { PATH: process.env.PATH, HOME: "/nonexistent", GONE: "still here" },
          encoding: "utf8",
        });
        const seen = new Map(
          stdout.split("\0").map((each) => {
            const [name = "", ...rest] = each.split("=");
            return [name, rest.join("=")];
          }),
        );
        expect(stdout, stderr).not.toContain("still here");
        expect(names.map((name) => seen.get(name))).toEqual(texts);
      }),
      { numRuns: 5 },
    );
  },
  60_000,
);

test("node reads what --format dotenv prints", () => {
  fc.assert(
    fc.property(nasty, (value) => {
      try {
        expect(parseEnv(formatKeys("dotenv", { K: value, END: "1" }, [])), value).toEqual({
          K: value,
          END: "1",
        });
      } catch (error) {
        if (!isAwstError(error, "USAGE")) throw error;
      }
    }),
  );
});
