// `awst admin user create` whose terminal is closed, or that is terminated, while AWS makes an access key.

import { expect, test } from "vitest";
import { makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

test.each(["closed", "ctrl-c", "terminated"] as const)(
  "%s: no key is left whose secret was not shown, and the next run makes what is missing",
  async (end) => {
    await using home = await makeHome();
    const account = home.sandbox.cloud.account(home.sandbox.main.accountId);
    await home.awst(["key", "import"]);
    await home.awst(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
    const create = ["admin", "user", "create", "zoe", "ben"].concat(
      ...["--no-password", "--key", "--mfa", "--as", "main-account/AdminAccess"],
      ...["--tag", "email=ops@example.com"],
    );
    const [program = "", ...args] = [...awstCommand(), ...create];
    const pty = spawnPty(program, args, { env: home.envWith({}), cwd: home.path });
    await pty.expect(/Create zoe, ben\?/);
    // AWS answers after the end of the terminal.
    const addKey = account.addKey.bind(account);
    account.addKey = (...given) => {
      account.addKey = addKey;
      if (end === "closed") pty.hangUp();
      else process.kill(pty.pid, end === "ctrl-c" ? "SIGINT" : "SIGTERM");
      return addKey(...given);
    };
    pty.type("y\r");
    expect(await pty.exit).toEqual({ status: 130, signal: null });

    // The signal arrives during this step of zoe, or the next one.
    expect(account.users.has("ben")).toBe(false);
    // A key whose secret is interrupted while it is shown is deleted too.
    if (end === "closed") expect(account.keysOf("zoe")).toEqual([]);
    else if (account.keysOf("zoe").length > 0) {
      expect(pty.transcript()).toMatch(/secret: +\S{20}/);
    }
    const next = await home.awst([...create, "--out", "secrets", "--yes"]);
    expect(next.status, next.stderr).toBe(0);
    for (const name of ["zoe", "ben"]) {
      expect([account.keysOf(name).length, account.devicesOf(name).length]).toEqual([1, 1]);
    }
  },
);
