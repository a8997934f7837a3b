// `--age` as whole processes: what the recipient finds in the sealed text, and what becomes of a key whose sealed secret
// has no reader.

import { readFileSync } from "node:fs";
import { armor, Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

async function opened(sealed: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(armor.decode(sealed), "text");
}

async function openHome(): Promise<Home> {
  const home = await makeHome({ env: { AWST_ADMIN_AS: "main-account/AdminAccess" } });
  await home.awst(["key", "import"]);
  await home.awst(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
  return home;
}

const accountOf = (home: Home) => home.sandbox.cloud.account(home.sandbox.main.accountId);
const create = (...names: readonly string[]) => [
  ...["admin", "user", "create", ...names, "--tag", "email=ops@example.com", "--yes"],
  ...["--key", "--mfa", "--age", recipient],
];

test("the text on stdout has all secrets of a user, and nothing else has one", async () => {
  await using home = await openHome();
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

test("a reader of stdout that is gone: the key is deleted, no device is enabled, no other user is made", async () => {
  await using home = await openHome();
  const line = ["awst", ...create("zoe", "ben")].join(" ");
  const ended = await home.run(["sh", "-c", `{ ${line}; echo "status $?" >&2; } | true`]);
  expect(ended.stderr).toMatch(/zoe can't be written to stdout \(its reader is gone\)/);
  expect(ended.stderr).toMatch(/^status 130$/m);
  expect(accountOf(home).keysOf("zoe")).toEqual([]);
  expect(accountOf(home).devicesOf("zoe")).toEqual([]);
  expect(accountOf(home).users.has("ben")).toBe(false);
});
