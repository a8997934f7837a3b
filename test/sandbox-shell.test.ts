// `npm run sandbox`: a shell with a temporary home, where the main job works as typed.

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { root, runProcess } from "./support/processes.ts";

test("awst and a phone are on the PATH; the shell's status is its own; nothing stays", async () => {
  const args = [process.execPath, `${root}/build/sandbox-shell.mjs`];
  const input = `AWST_MFA_CODE=$(mfa-code) awst assume main-account DeveloperAccess
awst whoami --profile "main-account DeveloperAccess"
echo "home=$HOME profile=$AWS_PROFILE"
exit 7
`;
  const env = { PATH: process.env.PATH ?? "", SHELL: "/bin/sh", AWS_PROFILE: "another" };
  const { status, stdout, stderr } = await runProcess(args, { env, input });
  expect(stdout).toContain(":assumed-role/DeveloperAccess/");
  expect(stderr).toMatch(/^The MFA code now: \d{6} /m);
  expect(status).toBe(7);
  const [, home = "", profile] = /^home=(\S+) profile=(.*)$/m.exec(stdout) ?? [];
  expect([home === "", profile, existsSync(home)]).toEqual([false, "", false]);
});
