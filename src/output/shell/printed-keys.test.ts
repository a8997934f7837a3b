import { describe, expect, test } from "vitest";
import { Secret } from "../../model/secret.ts";
import { marker } from "../../model/shell/shells.ts";
import {
  ambientRegionRemark,
  printKeys,
  printProfile,
  printUnset,
  printWithoutProfile,
} from "./printed-keys.ts";

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
    [{ AWS_DEFAULT_PROFILE: "x" }, "unset AWS_DEFAULT_PROFILE\nexport AWS_PROFILE='a b'\n"],
    // A region of the user's own stays; one that came with keys goes with them.
    [{ AWS_REGION: "x" }, "export AWS_PROFILE='a b'\n"],
    [
      { AWS_ACCESS_KEY_ID: "A", AWS_CREDENTIAL_EXPIRATION: "t", AWS_REGION: "x" },
      "unset AWS_ACCESS_KEY_ID\nunset AWS_CREDENTIAL_EXPIRATION\nunset AWS_REGION\nexport AWS_PROFILE='a b'\n",
    ],
    [{ AWST_SHELL: "zsh", SHELL: "/bin/fish" }, `${marker}\nexport AWS_PROFILE='a b'\n`],
    [{ AWST_SHELL: "fish" }, `${marker}\nset -gx AWS_PROFILE 'a b'\n`],
  ])("in %j", (env, text) => {
    expect(printProfile("a b", env)).toBe(text);
  });
});

test("printWithoutProfile(): keys to the function, elsewhere an end to the role before", () => {
  const print = (env: Record<string, string>, keys: typeof handed | undefined = handed) =>
    printWithoutProfile(keys, env, "a b");
  expect(print({ AWST_SHELL: "bash", AWS_PROFILE: "x" })).toBe(
    printKeys("env", handed, { AWST_SHELL: "bash", AWS_PROFILE: "x" }),
  );
  expect(print({ AWS_PROFILE: "x", AWS_REGION: "y" })).toBe("unset AWS_PROFILE\n");
  expect(print({})).toBe("");
  expect(printWithoutProfile(undefined, { AWST_SHELL: "fish", AWS_PROFILE: "x" }, "a b")).toBe(
    `${marker}\nset -e AWS_PROFILE\n`,
  );
});

describe("AWSume's variables, on request", () => {
  const env = { AWST_SHELL: "bash,awsume" };
  const until = new Date("2025-06-15T16:00:00Z");

  test("beside a profile, with the end by AWS's clock and in UTC", () => {
    expect(printProfile("a b", env, until)).toBe(
      `${marker}\nexport AWS_PROFILE='a b'\nexport AWSUME_PROFILE='a b'\nexport AWSUME_EXPIRATION='2025-06-15T16:00:00Z'\n`,
    );
    expect(printProfile("a b", { ...env, AWSUME_EXPIRATION: "old" })).toContain(
      "unset AWSUME_EXPIRATION\n",
    );
  });

  test("beside keys, in the shell's own form alone", () => {
    expect(printKeys("env", handed, env, "a b")).toContain(
      "AWSUME_EXPIRATION='2025-06-15T12:00:00Z'",
    );
    expect(printKeys("dotenv", handed, env, "a b")).not.toContain("AWSUME");
    expect(printUnset(undefined, env)).toContain("unset AWSUME_PROFILE\n");
    expect(printUnset(undefined, {})).not.toContain("AWSUME");
  });
});

test("keys in another form than the shell's are not marked for its function", () => {
  const env = { AWST_SHELL: "bash" };
  expect(printKeys("env", handed, env).startsWith(`${marker}\n`)).toBe(true);
  expect(printKeys("json", handed, env)).not.toContain(marker);
  expect(printKeys("fish", handed, env)).not.toContain(marker);
});

test("a region of the shell's own that wins over the profile's is named", () => {
  const remark = ambientRegionRemark({ AWS_REGION: "us-east-1" }, "eu-west-1");
  expect(remark).toBe(
    "AWS_REGION=us-east-1 in this shell overrides the profile's region eu-west-1",
  );
  expect(ambientRegionRemark({ AWS_REGION: "eu-west-1" }, "eu-west-1")).toBeUndefined();
  const keys = { AWS_ACCESS_KEY_ID: "A", AWS_CREDENTIAL_EXPIRATION: "t", AWS_REGION: "x" };
  expect(ambientRegionRemark(keys, "eu-west-1")).toBeUndefined();
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
