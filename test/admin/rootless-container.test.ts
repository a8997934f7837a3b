// `--out` in a user namespace, as in a rootless container: the folders above the home folder belong to users outside.

import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeHome } from "../support/home.ts";
import { findProgram, root, runProcess } from "../support/processes.ts";

const user = 12345;
const isRoot = process.getuid?.() === 0;
// Root owns the folders above a home, and is root inside too. Another user is root inside alone.
const enter = [
  ...(isRoot ? ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"] : []),
  ...["unshare", "--user", "--map-root-user"],
];

/** Why no such namespace can be made here; undefined where one can. */
async function whyNone(): Promise<string | undefined> {
  const missing = ["unshare", ...(isRoot ? ["setpriv"] : [])].find((name) => !findProgram(name));
  if (missing !== undefined) return `${missing} is not installed`;
  const command = [...enter, "test", "-r", `${root}/bin/awst.js`];
  const env = { PATH: process.env.PATH ?? "" };
  const tried = await runProcess(command, { env });
  return tried.status === 0 ? undefined : `no user namespace for the checkout: ${tried.stderr}`;
}
const why = process.platform === "linux" ? await whyNone() : "this is not Linux";

test.runIf(why !== undefined)("--out in a user namespace", (context) => {
  console.log(`user namespace: skipped: ${why}`);
  context.skip(why);
});

test.skipIf(why !== undefined)(
  "--out writes below the home folder, and not below a folder of a user outside",
  async () => {
    await using home = await makeHome({ env: { AWST_ADMIN_AS: "main-account/AdminAccess" } });
    const foreign = join(home.path, "foreign");
    mkdirSync(foreign);
    if (isRoot) {
      for (const each of [home.around, home.env["XDG_RUNTIME_DIR"] ?? ""]) give(each);
      // All may write it, as /tmp. In the namespace its owner has the number of those above the home.
      chmodSync(foreign, 0o1777);
      chownSync(foreign, user + 1, user + 1);
    }
    const awst = (...args: readonly string[]) => home.run([...enter, "awst", ...args]);
    const code = ["--mfa-code", home.code()];
    const assumed = await awst("assume", "main-account", "AdminAccess", ...code);
    expect(assumed.status, assumed.stderr).toBe(0);
    const create = ["admin", "user", "create", "zoe", "--tag", "email=ops@example.com", "--yes"];
    if (isRoot) {
      const refused = await awst(...create, "--out", join(foreign, "out"));
      expect(refused.stderr).toMatch(/belongs to another user/);
      expect(home.sandbox.calls().map(({ action }) => action)).not.toContain("CreateUser");
    }
    const made = await awst(...create, "--out", "out");
    expect(made.status, made.stderr).toBe(0);
    expect(readFileSync(join(home.path, "out/zoe.txt"), "utf8")).toContain("password: ");
  },
);

function give(path: string): void {
  chownSync(path, user, user);
  for (const entry of readdirSync(path, { recursive: true, encoding: "utf8" })) {
    chownSync(join(path, entry), user, user);
  }
}
