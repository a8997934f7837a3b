// `npm run sandbox`: a shell with a temporary home, where the main job works as typed.

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { findProgram, root, runProcess } from "./support/processes.ts";
import { spawnPty } from "./support/pty.ts";

test("awst and a phone are on the PATH; the shell's status is its own; nothing stays", async () => {
  const args = [process.execPath, `${root}/build/sandbox-shell.mjs`];
  const input = `AWST_MFA_CODE=$(mfa-code) awst assume main-account DeveloperAccess
awst whoami --profile "main-account DeveloperAccess"
command -v crontab
echo "home=$HOME profile=$AWS_PROFILE"
exit 7
`;
  const env = { PATH: process.env.PATH ?? "", SHELL: "/bin/sh", AWS_PROFILE: "another" };
  const { status, stdout, stderr } = await runProcess(args, { env, input });
  expect(stdout).toContain(":assumed-role/DeveloperAccess/");
  expect(stderr).toMatch(/^The MFA code now: \d{6} /m);
  // The user's own crontab is out of reach.
  expect(stdout).toMatch(/^\/\S+\/awst-test-\w+\/bin\/crontab$/m);
  expect(status).toBe(7);
  const [, home = "", profile] = /^home=(\S+) profile=(.*)$/m.exec(stdout) ?? [];
  expect([home === "", profile, existsSync(home)]).toEqual([false, "", false]);
});

test.each(["bash", "zsh", "fish"])("in %s, `awst assume` changes the shell", async (shell) => {
  const path = findProgram(shell);
  if (path === undefined) {
    console.log(`skipped: not installed: ${shell}`);
    return;
  }
  const env = { PATH: process.env.PATH ?? "", SHELL: path, TERM: "xterm-256color" };
  const pty = spawnPty(process.execPath, [`${root}/build/sandbox-shell.mjs`], { env });
  await pty.expect("Try: awst assume main-account DeveloperAccess");
  const code = shell === "fish" ? "(mfa-code)" : "$(mfa-code)";
  pty.type(`awst assume main-account DeveloperAccess --mfa-code ${code}`);
  pty.press("enter");
  await pty.expect(/assumed main-account DeveloperAccess/);
  pty.type("echo now=$AWS_PROFILE.");
  pty.press("enter");
  await pty.expect("now=main-account/DeveloperAccess.");
  pty.type("exit");
  pty.press("enter");
  expect((await pty.exit).status).toBe(0);
});
