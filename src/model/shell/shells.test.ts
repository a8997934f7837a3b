import { expect, test } from "vitest";
import { probableShell, shellIntegration } from "./shells.ts";

test.each([
  [{ SHELL: "/opt/fish/bin/bash" }, "env", false],
  [{ SHELL: "/bin/bash", PSModulePath: "x" }, "env", false],
  [{ SHELL: "/usr/bin/fish" }, "fish", false],
  [{ PSModulePath: "C:\\x" }, "powershell", false],
  [{}, "env", false],
  // what the function says counts more than the login shell
  [{ SHELL: "/usr/bin/fish", AWST_SHELL: "zsh" }, "env", true],
  [{ SHELL: "/bin/bash", AWST_SHELL: "fish" }, "fish", true],
  [{ AWST_SHELL: "powershell,awsume" }, "powershell", true],
  [{ SHELL: "/bin/bash", AWST_SHELL: "tcsh" }, "env", false],
])("shellIntegration(%j)", (env, format, isFunction) => {
  expect(shellIntegration(env)).toMatchObject({ format, isFunction });
});

test("AWSume's variables are requested separately", () => {
  expect(shellIntegration({ AWST_SHELL: "bash,awsume" }).setsAwsume).toBe(true);
  expect(shellIntegration({ AWST_SHELL: "bash" }).setsAwsume).toBe(false);
});

test.each([
  [{ SHELL: "/usr/bin/zsh" }, "zsh"],
  [{ SHELL: "/bin/sh" }, "bash"],
  [{ SHELL: "/usr/bin/fish" }, "fish"],
  [{ PSModulePath: "x" }, "powershell"],
  [{}, "bash"],
])("probableShell(%j)", (env, shell) => {
  expect(probableShell(env)).toBe(shell);
});
