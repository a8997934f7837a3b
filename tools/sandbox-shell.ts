// npm run sandbox: your shell with a temporary home, the sandbox instead of AWS, awst on the PATH and a phone
// (`mfa-code`). The shell function is loaded in bash, zsh and fish. Everything is deleted when the shell ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type Home, makeHome } from "../test/support/home.ts";

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
  // With the function, `awst assume` changes this shell.
  home.write(".bashrc", "PS1='(sandbox) \\w \\$ '\neval \"$(awst shell-init bash)\"\n");
  home.write(".zshrc", "PS1='(sandbox) %~ %# '\neval \"$(awst shell-init zsh)\"\n");
  home.write(".config/fish/config.fish", "awst shell-init fish | source\n");
  replaceCrontab(home);
  console.error(`Temporary home: ${home.path}
AWS is the sandbox at ${home.sandbox.url}; you are ${home.sandbox.main.userName} of ${home.sandbox.main.accountId}.
The MFA code now: ${home.code()} (mfa-code prints the next ones)
Try: awst assume main-account DeveloperAccess`);
  // Ctrl-C is for the program in the shell.
  process.on("SIGINT", () => {});
  const child = spawn(shell, [], { env: home.env, cwd: home.path, stdio: "inherit" });
  // A closed window ends the shell, and the temporary home is still deleted.
  for (const signal of ["SIGHUP", "SIGTERM"]) process.on(signal, () => child.kill("SIGHUP"));
  const [status] = await once(child, "exit");
  return status ?? 1;
}

/** The real crontab belongs to the user id, whatever HOME is: `awst key schedule` in here writes into a file instead. */
function replaceCrontab(home: Home): void {
  const file = `'${home.around}/crontab'`;
  const script = `#!/bin/sh
case $1 in
  -l) [ -e ${file} ] || { echo "no crontab for the sandbox" >&2; exit 1; }; cat ${file} ;;
  -) cat > ${file} ;;
esac
`;
  writeFileSync(`${home.around}/bin/crontab`, script, { mode: 0o755 });
}
