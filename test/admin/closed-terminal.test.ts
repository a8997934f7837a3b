// `awst admin user create` and `user password` on a terminal that is closed, and processes that are ended, while AWS
// makes an access key or while a question waits.

import { expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
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

test("killed before the display: the next run names the key, its line deletes it, and a key is made", async () => {
  await using home = await makeHome({ env: { AWST_ADMIN_AS: "main-account/AdminAccess" } });
  const account = home.sandbox.cloud.account(home.sandbox.main.accountId);
  await home.awst(["key", "import"]);
  await home.awst(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
  const create = ["admin", "user", "create", "zoe", "--tag", "email=ops@example.com"].concat(
    ...["--no-password", "--key"],
  );
  const [program = "", ...args] = [...awstCommand(), ...create];
  const pty = spawnPty(program, args, { env: home.envWith({}), cwd: home.path });
  await pty.expect(/Create zoe\?/);
  const addKey = account.addKey.bind(account);
  account.addKey = (...given) => {
    account.addKey = addKey;
    process.kill(pty.pid, "SIGKILL");
    return addKey(...given);
  };
  pty.type("y\r");
  await pty.exit;
  const [lost] = account.keysOf("zoe");
  expect(lost?.status).toBe("Active");

  const next = await home.awst([...create, "--out", "secrets", "--yes"]);
  const line = `aws iam delete-access-key --user-name zoe --access-key-id ${lost?.id}`;
  expect(next).toMatchObject({ status: 0, stdout: expect.stringContaining(`lost: ${line}\n`) });
  // What that line does.
  Object.assign(home.sandbox.cloud.keys.get(lost?.id ?? "") ?? {}, {
    deletedAt: home.sandbox.clock.now(),
  });
  const again = await home.awst([...create, "--out", "secrets", "--yes"]);
  expect(again.status, again.stderr).toBe(0);
  expect(account.keysOf("zoe")).toHaveLength(1);
});

type Account = ReturnType<Home["sandbox"]["cloud"]["account"]>;

test.each<[string, (account: Account) => unknown, RegExp]>([
  [
    "protected",
    (account) => account.user("ben").tags.push({ key: "awst:protected", value: "true" }),
    /ben has the tag awst:protected=true/,
  ],
  [
    "off-boarded",
    (account) => account.user("ben").tags.push({ key: "awst:cut", value: "2026-11-29" }),
    /ben is off-boarded/,
  ],
  [
    "given a password by another administrator",
    (account) => account.setPassword("ben", "Correct-Horse-Battery-Staple-2026"),
    /ben got a password meanwhile/,
  ],
  [
    "replaced",
    (account) => {
      account.users.delete("ben");
      account.addUser("ben");
    },
    /ben is another user than in the plan/,
  ],
])(
  "user password: while the question waits, the user is %s: nothing changes",
  async (_, change, message) => {
    await using home = await makeHome({ env: { AWST_ADMIN_AS: "main-account/AdminAccess" } });
    const account = home.sandbox.cloud.account(home.sandbox.main.accountId);
    account.addUser("ben");
    await home.awst(["key", "import"]);
    await home.awst(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
    const [program = "", ...args] = [...awstCommand(), "admin", "user", "password", "ben"];
    const pty = spawnPty(program, args, { env: home.envWith({}), cwd: home.path });
    await pty.expect(/Give ben a new password\?/);
    change(account);
    const before = structuredClone(account.user("ben").password);
    pty.type("y\r");
    expect(await pty.exit).toEqual({ status: 1, signal: null });
    expect(pty.transcript()).toMatch(message);
    expect(account.user("ben").password).toEqual(before);
  },
);
