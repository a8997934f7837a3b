// `--age` as whole processes: what the recipient finds in the sealed text, also where a later call fails, and what becomes
// of keys and devices whose sealed secrets have no reader.

import { readFileSync } from "node:fs";
import { armor, Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { administratorKey, type Home, makeHome } from "../support/home.ts";

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

async function opened(sealed: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(armor.decode(sealed), "text");
}

const openHome = () => makeHome({ keyInProfile: false, env: administratorKey });

const accountOf = (home: Home) => home.sandbox.cloud.account(home.sandbox.main.accountId);
const create = (...names: readonly string[]) => [
  ...["admin", "user", "create", ...names, "--tag", "email=ops@example.com", "--yes"],
  ...["--key", "--mfa", "--age", recipient],
];

test("the text on stdout has all secrets of a user, and nothing else has one", async () => {
  await using home = await makeHome({ env: { AWST_ADMIN_AS: "main-account/AdminAccess" } });
  await home.awst(["key", "import"]);
  await home.awst(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
  const made = await home.awst([...create("zoe"), "--debug"]);
  expect(made.status, made.stderr).toBe(0);
  const text = await opened(made.stdout);
  const password = accountOf(home).user("zoe").password?.passwords[0] ?? "?";
  const [key] = accountOf(home).keysOf("zoe");
  expect(text).toContain(`password: ${password}\n`);
  expect(text).toContain(`access key: ${key?.id}\n`);
  expect(text).toMatch(/^secret: {5}\S{20,}$/m);
  expect(text).toMatch(/^key: {8}[A-Z2-7]{32,}$/m);
  expect(text).toContain("█");
  const [, secret = "?"] = /^secret: {5}(\S+)$/m.exec(text) ?? [];
  const [, seed = "?"] = /^key: {8}(\S+)$/m.exec(text) ?? [];
  const left = await home.run(["sh", "-c", `cat made.txt; find . -type f -exec cat {} +`]);
  for (const each of [password, secret, seed]) {
    expect(`${made.stdout}${made.stderr}`).not.toContain(each);
    expect(left.stdout).not.toContain(each);
  }
});

test("several users: a text for each, in their order; a file has what was made until a step failed", async () => {
  await using home = await openHome();
  const made = await home.awst(create("zoe", "ben"));
  const texts = made.stdout.split(/(?<=-----END AGE ENCRYPTED FILE-----\n)/);
  expect(texts).toHaveLength(2);
  for (const [at, name] of ["zoe", "ben"].entries()) {
    expect(await opened(texts[at] ?? "")).toContain(
      `access key: ${accountOf(home).keysOf(name)[0]?.id}`,
    );
  }
  home.sandbox.faults.add({ action: "CreateVirtualMFADevice", kind: "deny" });
  const half = await home.awst([...create("ida"), "--out", "out"]);
  expect(half.status).toBe(1);
  const text = await opened(readFileSync(`${home.path}/out/ida.age`, "utf8"));
  expect(text).toContain(`access key: ${accountOf(home).keysOf("ida")[0]?.id}`);
  expect(text).not.toContain("MFA device");
});

test("on stdout, what was made until a step failed is sealed too", async () => {
  await using home = await openHome();
  home.sandbox.faults.add({ action: "CreateVirtualMFADevice", kind: "deny" });
  const half = await home.awst(create("ida"));
  expect(half.status).toBe(1);
  expect(await opened(half.stdout)).toContain(
    `access key: ${accountOf(home).keysOf("ida")[0]?.id}`,
  );
});

type Fault = readonly [action: string, kind: "deny" | "truncated"];
const destinations = ["stdout", "--json", "--out", "--out --json"] as const;

/** Returns the opened text of `name`, from where the run delivered it. */
async function textFor(
  home: Home,
  destination: (typeof destinations)[number],
  stdout: string,
  name: string,
): Promise<string> {
  if (destination.startsWith("--out"))
    return opened(readFileSync(`${home.path}/out/${name}.age`, "utf8"));
  if (destination === "stdout") return opened(stdout);
  const result = JSON.parse(stdout);
  const found = result.users?.find(({ user }: { user: string }) => user === name) ?? result;
  return opened(found.sealed);
}

/** Also those that no user has. */
const virtualDevicesOf = (home: Home, ...names: readonly string[]) =>
  [...accountOf(home).devices.keys()].filter((each) =>
    names.includes(each.split("/").at(-1) ?? ""),
  );

const optionsOf = (destination: (typeof destinations)[number]) =>
  destination === "stdout" ? [] : destination.replace("--out", "--out out").split(" ");

describe.each(destinations)(
  "secrets in %s are there whatever fails after they are made",
  (destination) => {
    test.each<readonly [fault: Fault, status: number]>([
      [["GetAccountAuthorizationDetails", "deny"], 0],
      [["CreateLoginProfile", "truncated"], 1],
      [["CreateVirtualMFADevice", "deny"], 1],
      [["EnableMFADevice", "truncated"], 1],
    ])("create, %s", async ([action, kind], status) => {
      await using home = await openHome();
      home.sandbox.faults.add({ action, kind, times: 9 });
      const made = await home.awst([...create("zoe"), ...optionsOf(destination)]);
      expect(made.status, made.stderr).toBe(status);
      const text = await textFor(home, destination, made.stdout, "zoe");
      const user = accountOf(home).user("zoe");
      expect(text).toContain(`password: ${user.password?.passwords[0]}\n`);
      for (const { id } of accountOf(home).keysOf("zoe")) expect(text).toContain(id);
      if (!destination.endsWith("--json")) return;
      const [result] = JSON.parse(made.stdout).users;
      expect([result.state, result.error === null]).toEqual(
        status === 0 ? ["created", true] : ["stopped", false],
      );
    });

    test.each<readonly [has: "no password" | "a password", fault: Fault]>([
      ["no password", ["CreateLoginProfile", "truncated"]],
      ["no password", ["CreateLoginProfile", "deny"]],
      ["a password", ["UpdateLoginProfile", "truncated"]],
    ])("password of a user with %s, %s", async (has, [action, kind]) => {
      await using home = await openHome();
      accountOf(home).addUser("zed", {});
      if (has === "a password") accountOf(home).setPassword("zed", "Before-1-2-3-4");
      home.sandbox.faults.add({ action, kind, times: 9 });
      const line = ["admin", "user", "password", "zed", "--yes", "--age", recipient];
      const made = await home.awst([...line, ...optionsOf(destination)]);
      expect(made.status, made.stderr).toBe(1);
      const text = await textFor(home, destination, made.stdout, "zed");
      const passwords = accountOf(home).user("zed").password?.passwords ?? [];
      const isSet = passwords.some((each) => text.includes(`password: ${each}\n`));
      expect(isSet).toBe(kind === "truncated");
      expect(made.stderr).toMatch(isSet ? /zed may have/ : /zed does not have/);
      if (!destination.endsWith("--json")) return;
      expect(JSON.parse(made.stdout)).toMatchObject({
        user: "zed",
        state: "stopped",
        error: expect.any(String),
      });
    });
  },
);

/** Runs a line of awst whose stdout can't be written. */
async function unread(home: Home, args: readonly string[], how: "| true" | "> /dev/full") {
  const line = ["awst", ...args].join(" ");
  const script =
    how === "| true" ? `{ ${line}; echo "status $?" >&2; } | true` : `${line} > /dev/full`;
  const ended = await home.run(["sh", "-c", script]);
  const [, status = `${ended.status}`] = /^status (\d+)$/m.exec(ended.stderr) ?? [];
  return { status: Number(status), stderr: ended.stderr };
}

describe.each(["| true", "> /dev/full"] as const)("--json %s", (how) => {
  test.skipIf(how === "> /dev/full" && process.platform !== "linux")(
    "the keys and devices of all users are deleted, and the next run makes others",
    async () => {
      await using home = await openHome();
      const ended = await unread(home, [...create("zoe", "ben"), "--json"], how);
      expect(ended.status, ended.stderr).toBe(130);
      for (const name of ["zoe", "ben"]) {
        expect(accountOf(home).keysOf(name)).toEqual([]);
        expect(accountOf(home).devicesOf(name)).toEqual([]);
        expect(ended.stderr).toContain(`awst admin user password ${name}\n`);
      }
      expect(virtualDevicesOf(home, "zoe", "ben")).toEqual([]);
      const again = await home.awst([...create("zoe", "ben"), "--json"]);
      expect(again.status, again.stderr).toBe(0);
      expect(await textFor(home, "--json", again.stdout, "ben")).toContain(
        `access key: ${accountOf(home).keysOf("ben")[0]?.id}`,
      );
    },
  );

  test.skipIf(how === "> /dev/full" && process.platform !== "linux")(
    "password: an error, with the line to type again",
    async () => {
      await using home = await openHome();
      accountOf(home).addUser("zed", {});
      const line = ["admin", "user", "password", "zed", "--age", recipient, "--json", "--yes"];
      const ended = await unread(home, line, how);
      expect(ended.status, ended.stderr).toBe(130);
      expect(ended.stderr).toContain(`awst ${line.join(" ")}`);
      expect(ended.stderr).not.toContain("has a new password");
    },
  );
});

test.each(["DeleteAccessKey", "DeactivateMFADevice", "DeleteVirtualMFADevice"])(
  "--json, no reader, and %s is denied: the rest is deleted, and what is left is named",
  async (action) => {
    await using home = await openHome();
    home.sandbox.faults.add({ action, kind: "deny" });
    const ended = await unread(home, [...create("zoe"), "--json"], "| true");
    expect(ended.status, ended.stderr).toBe(1);
    const left = [
      ...accountOf(home)
        .keysOf("zoe")
        .map(({ id }) => id),
      ...virtualDevicesOf(home, "zoe"),
    ];
    expect(left).toHaveLength(1);
    expect(ended.stderr).toContain(left[0]);
    expect(ended.stderr).toMatch(
      /aws iam (delete-access-key|deactivate-mfa-device|delete-virtual)/,
    );
  },
);

test("--json: an earlier user's text is delivered although a later user's creation failed", async () => {
  await using home = await openHome();
  home.sandbox.faults.add({ action: "CreateUser", kind: "deny", skip: 1 });
  const made = await home.awst([...create("zoe", "ben"), "--json"]);
  expect(made.status).toBe(1);
  expect(await textFor(home, "--json", made.stdout, "zoe")).toContain("password: ");
  expect(JSON.parse(made.stdout).users[1]).toMatchObject({ state: "stopped", sealed: null });
});

test("a reader of stdout that is gone: the key is deleted, no device is enabled, no other user is made", async () => {
  await using home = await openHome();
  const line = ["awst", ...create("zoe", "ben")].join(" ");
  const ended = await home.run(["sh", "-c", `{ ${line}; echo "status $?" >&2; } | true`]);
  expect(ended.stderr).toMatch(/zoe can't be written to stdout \(the reader closed the pipe\)/);
  expect(ended.stderr).toMatch(/^status 130$/m);
  expect(accountOf(home).keysOf("zoe")).toEqual([]);
  expect(accountOf(home).devicesOf("zoe")).toEqual([]);
  expect(ended.stderr).toContain("awst admin user password zoe\n");
  expect(accountOf(home).users.has("ben")).toBe(false);
});
