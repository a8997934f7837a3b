import { describe, expect, test } from "vitest";
import { printKeys, printProfile, printUnset, readRegion, shellFormat } from "./printed-keys.ts";
import { Secret } from "./secret.ts";

const handed = {
  keys: {
    accessKeyId: "ASIA1",
    secretAccessKey: new Secret("s/e"),
    sessionToken: new Secret("t="),
    expiresAt: new Date("2025-06-15T12:00:00Z"),
  },
  region: "eu-west-1",
  accountId: "111111111111",
};

test("printKeys() sets the keys and unsets what would win over them here", () => {
  const text = printKeys("env", handed, { AWS_PROFILE: "x", HOME: "/" });
  expect(text).toMatch(/^unset AWS_PROFILE\nexport AWS_ACCESS_KEY_ID='ASIA1'\n/);
  expect(text).toContain("export AWS_SESSION_TOKEN='t='\n");
  expect(text.match(/unset/g)).toHaveLength(1);
});

describe("printProfile()", () => {
  test.each([
    [{ SHELL: "/bin/zsh" }, "export AWS_PROFILE='a b'\n"],
    [{ SHELL: "/usr/bin/fish" }, "set -gx AWS_PROFILE 'a b'\n"],
    [{ PSModulePath: "C:\\x" }, "$Env:AWS_PROFILE = 'a b'\n"],
    [{}, "export AWS_PROFILE='a b'\n"],
    [{ AWS_ACCESS_KEY_ID: "A" }, "unset AWS_ACCESS_KEY_ID\nexport AWS_PROFILE='a b'\n"],
  ])("in %j", (env, text) => {
    expect(printProfile("a b", env)).toBe(text);
  });
});

describe("printUnset()", () => {
  test("the form of the shell, or the one asked for", () => {
    expect(printUnset(undefined, { SHELL: "/usr/bin/fish" })).toMatch(/^set -e AWS_PROFILE\n/);
    expect(printUnset("powershell", { SHELL: "/bin/sh" })).toMatch(/^\$Env:AWS_PROFILE = \$null\n/);
  });

  test("unsets every variable that printKeys and printProfile set", () => {
    const set = (printKeys("env", handed, {}) + printProfile("a", {})).match(/(?<=export )\w+/g);
    const unset = printUnset("env", {}).match(/(?<=unset )\w+/g);
    expect(set?.filter((name) => !unset?.includes(name))).toEqual([]);
  });

  test.each(["dotenv", "json"] as const)("%s can't", (format) => {
    expect(() => printUnset(format, {})).toThrow(`--format ${format} can't unset anything`);
  });
});

test("shellFormat() is not misled by a path", () => {
  expect(shellFormat({ SHELL: "/opt/fish/bin/bash" })).toBe("env");
  expect(shellFormat({ SHELL: "/bin/bash", PSModulePath: "x" })).toBe("env");
});

test("readRegion() takes regions alone", () => {
  const words = { arguments: [], rest: [], json: false, identity: undefined };
  expect(readRegion({ ...words, options: {} })).toBeUndefined();
  expect(readRegion({ ...words, options: { region: "us-gov-west-1" } })).toBe("us-gov-west-1");
  expect(() => readRegion({ ...words, options: { region: "Ireland" } })).toThrow("is not the name");
});
