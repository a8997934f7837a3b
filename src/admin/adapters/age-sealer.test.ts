import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { armor, Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { openSealer } from "./age-sealer.ts";

async function opened(sealed: string, identity: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(armor.decode(sealed), "text");
}

test("each recipient opens what is sealed, and no other identity does", async () => {
  const identities = await Promise.all([1, 2, 3].map(() => generateX25519Identity()));
  const [first = "", second = "", other = ""] = identities;
  const recipients = await Promise.all([first, second].map(identityToRecipient));
  const seal = await openSealer(recipients);
  const sealed = await seal("password: höchst geheim\n");
  expect(sealed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  expect(await opened(sealed, first)).toBe("password: höchst geheim\n");
  expect(await opened(sealed, second)).toBe("password: höchst geheim\n");
  await expect(opened(sealed, other)).rejects.toThrow(/no identity matched/);
  expect(await seal("password: höchst geheim\n")).not.toBe(sealed);
});

// Bech32 of 32 zero bytes: a point with which every key agrees on the same secret.
const zero = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";

test.each([
  [
    "one wrong letter",
    (right: string) => `${right.slice(0, 30)}${right[30] === "q" ? "p" : "q"}${right.slice(31)}`,
  ],
  ["letters that bech32 has not", (right: string) => `${right.slice(0, 30)}b${right.slice(31)}`],
  ["a point of low order", () => zero],
])("refused before anything is sealed: %s", async (_what, change) => {
  const right = await identityToRecipient(await generateX25519Identity());
  await expect(openSealer([right, change(right)])).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringMatching(/mistyped or cut off$/),
  });
});

test("the program age opens it", async ({ skip }) => {
  const identity = await generateX25519Identity();
  const seal = await openSealer([await identityToRecipient(identity)]);
  const sealed = await seal("password: one\n");
  try {
    execFileSync("age", ["--version"]);
  } catch {
    skip("age: skipped: not installed");
  }
  const folder = mkdtempSync(`${tmpdir()}/awst-age-`);
  try {
    writeFileSync(`${folder}/key`, identity, { mode: 0o600 });
    const text = execFileSync("age", ["--decrypt", "--identity", `${folder}/key`], {
      input: sealed,
      encoding: "utf8",
    });
    expect(text).toBe("password: one\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
