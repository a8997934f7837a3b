// The function and the completions in a real PowerShell, where there is one; elsewhere golden files alone.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { findProgram } from "../support/processes.ts";

let home: Home;
beforeAll(async () => {
  home = await makeHome();
  await home.awst(["assume", "main-account", "DeveloperAccess", "--mfa-code", home.code()]);
});
afterAll(() => home.remove());

test("assume, status, exec and completions", async (context) => {
  if (findProgram("pwsh") === undefined) {
    console.log("pwsh: skipped: not installed");
    return context.skip("pwsh is not installed");
  }
  const lines = [
    "awst shell-init powershell | Out-String | Invoke-Expression",
    "awst completion powershell | Out-String | Invoke-Expression",
    "$Env:AWS_ACCESS_KEY_ID = 'AKIAOLD'",
    "awst assume main-account DeveloperAccess",
    '"[$LASTEXITCODE]<$Env:AWS_PROFILE><$Env:AWS_ACCESS_KEY_ID>"',
    "awst assume no-such-account DeveloperAccess",
    '"[$LASTEXITCODE]<$Env:AWS_PROFILE>"',
    "awst exec main-account DeveloperAccess -- sh -c 'exit 7'",
    '"[$LASTEXITCODE]"',
    "awst assume --unset",
    '"<$Env:AWS_PROFILE>"',
    "$line = 'awst assume main'",
    "(TabExpansion2 $line $line.Length).CompletionMatches.CompletionText",
  ];
  const { stdout, stderr } = await home.run(["pwsh", "-NoProfile", "-Command", lines.join("\n")]);
  expect({ stdout, stderr }).toMatchObject({
    stdout:
      "[0]<main-account/DeveloperAccess><>\n[2]<main-account/DeveloperAccess>\n[7]\n<>\nmain-account\n",
  });
});
