// npm run sandbox: your shell in a home of its own, with the sandbox in the place of AWS, awst on the
// PATH and a phone beside it (`mfa-code`). All of it is gone when the shell ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { makeHome } from "../test/support/home.ts";

const shell = process.env.SHELL ?? "/bin/sh";

process.exitCode = await openShell();

async function openShell(): Promise<number> {
  await using home = await makeHome({
    env: {
      NODE_OPTIONS: undefined,
      SHIFT_CLOCK_FILE: undefined,
      TERM: process.env.TERM ?? "dumb",
      LANG: process.env.LANG ?? "C.UTF-8",
      SHELL: shell,
    },
  });
  home.write(".bashrc", "PS1='(sandbox) \\w \\$ '\n");
  home.write(".zshrc", "PS1='(sandbox) %~ %# '\n");
  console.error(`A home of its own: ${home.path}
AWS is the sandbox at ${home.sandbox.url}; you are ${home.sandbox.main.userName} of ${home.sandbox.main.accountId}.
The MFA code now: ${home.code()}   (later: mfa-code)
Try: awst assume main-account DeveloperAccess`);
  // Ctrl-C is for what runs in the shell.
  process.on("SIGINT", () => {});
  const child = spawn(shell, [], { env: home.env, cwd: home.path, stdio: "inherit" });
  // A closed window ends the shell, and what is here is still cleared away.
  for (const signal of ["SIGHUP", "SIGTERM"]) process.on(signal, () => child.kill("SIGHUP"));
  const [status] = await once(child, "exit");
  return status ?? 1;
}
