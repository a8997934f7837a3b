import { describe, expect, test } from "vitest";
import { Secret } from "../../model/secret.ts";
import { misleadingVariables } from "../../model/shell/child-environment.ts";
import { marker } from "../../model/shell/shells.ts";
import {
  printKeys,
  printProfile,
  printUnset,
  printWithoutProfile,
  shellRegionNote,
} from "./printed-keys.ts";

const credentials = {
  keys: {
    accessKeyId: "ASIA1",
    secretAccessKey: new Secret("s/e"),
    sessionToken: new Secret("t="),
    expiresAt: new Date("2025-06-15T12:00:00Z"),
  },
  region: "eu-west-1",
  accountId: "111111111111",
};

test("printKeys() sets the credentials and unsets what would override them", () => {
  const text = printKeys("env", credentials, { AWS_PROFILE: "x", HOME: "/" });
  expect(text).toMatch(/^unset AWS_PROFILE\nexport AWS_ACCESS_KEY_ID='ASIA1'\n/);
  expect(text).toContain("export AWS_SESSION_TOKEN='t='\n");
  expect(text.match(/unset/g)).toHaveLength(1);
});

test.each(misleadingVariables)(
  "%s of another session is unset, by keys and by a profile",
  (name) => {
    const env = { [name]: "of another session" };
    const line = `unset ${name}\n`;
    const isSetAnew = name === "AWS_CREDENTIAL_EXPIRATION";
    expect(printKeys("env", credentials, env).includes(line)).toBe(!isSetAnew);
    expect(printProfile("a b", env)).toBe(`${line}export AWS_PROFILE='a b'\n`);
    expect(printProfile("a b", {})).not.toContain("unset");
  },
);

describe("printProfile()", () => {
  test.each([
    [{ SHELL: "/bin/zsh" }, "export AWS_PROFILE='a b'\n"],
    [{ SHELL: "/usr/bin/fish" }, "set -gx AWS_PROFILE 'a b'\n"],
    [{ PSModulePath: "C:\\x" }, "$Env:AWS_PROFILE = 'a b'\n"],
    [{}, "export AWS_PROFILE='a b'\n"],
    [{ AWS_ACCESS_KEY_ID: "A" }, "unset AWS_ACCESS_KEY_ID\nexport AWS_PROFILE='a b'\n"],
    [{ AWS_DEFAULT_PROFILE: "x" }, "unset AWS_DEFAULT_PROFILE\nexport AWS_PROFILE='a b'\n"],
    // The user's own region stays; a region that awst set with credentials is unset with them.
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

test("printWithoutProfile(): credentials for the function, otherwise the earlier role is unset", () => {
  const print = (env: Record<string, string>, keys: typeof credentials | undefined = credentials) =>
    printWithoutProfile(keys, env, "a b");
  expect(print({ AWST_SHELL: "bash", AWS_PROFILE: "x" })).toBe(
    printKeys("env", credentials, { AWST_SHELL: "bash", AWS_PROFILE: "x" }),
  );
  expect(print({ AWS_PROFILE: "x", AWS_REGION: "y" })).toBe("unset AWS_PROFILE\n");
  expect(print({})).toBe("");
  expect(printWithoutProfile(undefined, { AWST_SHELL: "fish", AWS_PROFILE: "x" }, "a b")).toBe(
    `${marker}\nset -e AWS_PROFILE\n`,
  );
});

describe("AWSume's variables, if the function asks for them", () => {
  const env = { AWST_SHELL: "bash,awsume" };
  const until = new Date("2025-06-15T16:00:00Z");

  test("with a profile: the end by AWS's clock, in UTC", () => {
    expect(printProfile("a b", env, until)).toBe(
      `${marker}\nexport AWS_PROFILE='a b'\nexport AWSUME_PROFILE='a b'\nexport AWSUME_EXPIRATION='2025-06-15T16:00:00Z'\n`,
    );
    expect(printProfile("a b", { ...env, AWSUME_EXPIRATION: "old" })).toContain(
      "unset AWSUME_EXPIRATION\n",
    );
  });

  test("with credentials: only in the shell's own format", () => {
    expect(printKeys("env", credentials, env, "a b")).toContain(
      "AWSUME_EXPIRATION='2025-06-15T12:00:00Z'",
    );
    expect(printKeys("dotenv", credentials, env, "a b")).not.toContain("AWSUME");
    expect(printUnset(undefined, env)).toContain("unset AWSUME_PROFILE\n");
    expect(printUnset(undefined, {})).not.toContain("AWSUME");
  });
});

test("credentials in another format than the shell's are not marked for its function", () => {
  const env = { AWST_SHELL: "bash" };
  expect(printKeys("env", credentials, env).startsWith(`${marker}\n`)).toBe(true);
  expect(printKeys("json", credentials, env)).not.toContain(marker);
  expect(printKeys("fish", credentials, env)).not.toContain(marker);
});

test("shellRegionNote(): a region of the shell that overrides the profile's", () => {
  const remark = shellRegionNote({ AWS_REGION: "us-east-1" }, "eu-west-1");
  expect(remark).toBe(
    "AWS_REGION=us-east-1 in this shell overrides the profile's region eu-west-1",
  );
  expect(shellRegionNote({ AWS_REGION: "eu-west-1" }, "eu-west-1")).toBeUndefined();
  const keys = { AWS_ACCESS_KEY_ID: "A", AWS_CREDENTIAL_EXPIRATION: "t", AWS_REGION: "x" };
  expect(shellRegionNote(keys, "eu-west-1")).toBeUndefined();
});

describe("printUnset()", () => {
  test("the shell's format, or the requested one", () => {
    expect(printUnset(undefined, { SHELL: "/usr/bin/fish" })).toMatch(/^set -e AWS_PROFILE\n/);
    expect(printUnset("powershell", { SHELL: "/bin/sh" })).toMatch(/^\$Env:AWS_PROFILE = \$null\n/);
  });

  test("unsets every variable that printKeys and printProfile set", () => {
    const set = (printKeys("env", credentials, {}) + printProfile("a", {})).match(
      /(?<=export )\w+/g,
    );
    const unset = printUnset("env", {}).match(/(?<=unset )\w+/g);
    expect(set?.filter((name) => !unset?.includes(name))).toEqual([]);
  });

  test.each(["dotenv", "json"] as const)("%s can't", (format) => {
    expect(() => printUnset(format, {})).toThrow(`--format ${format} can't unset anything`);
  });
});
