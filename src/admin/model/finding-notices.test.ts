import { expect, test } from "vitest";
import { findingNotices } from "./finding-notices.ts";
import type { HygieneFinding } from "./hygiene.ts";

const account = { id: "111111111111", name: "main-account" };
const finding = (user: string | undefined, text: string): HygieneFinding => ({
  kind: "old-key",
  user,
  keyId: undefined,
  text,
});
const emails = new Map([["alice", "alice@example.com"]]);
const all = [finding(undefined, "r"), finding("alice", "a"), finding("bob", "b")];

test.each<
  [string, readonly HygieneFinding[], { needsEmail: boolean; size: number }, string[][], string[]]
>([
  ["no finding", [], { needsEmail: false, size: 25 }, [], []],
  ["all", all, { needsEmail: false, size: 25 }, [["<root> r", "alice a", "bob b"]], []],
  [
    "several findings of one user",
    [finding("bob", "1"), finding("alice", "2"), finding("bob", "3")],
    { needsEmail: false, size: 25 },
    [["bob 1 3", "alice 2"]],
    [],
  ],
  ["in parts", all, { needsEmail: false, size: 2 }, [["<root> r", "alice a"], ["bob b"]], []],
  ["by mail", all, { needsEmail: true, size: 1 }, [["alice a"]], ["<root>", "bob"]],
  [
    "by mail, and no user has an address",
    [finding("bob", "b")],
    { needsEmail: true, size: 1 },
    [],
    ["bob"],
  ],
])("%s", (_, findings, { needsEmail, size }, texts, unreachable) => {
  const found = findingNotices({ account, findings, emails }, { needsEmail, usersPerNotice: size });
  const shown = found.notices.map(({ users }) =>
    users.map(({ name, lines }) => [name, ...lines].join(" ")),
  );
  expect(shown).toEqual(texts);
  expect(found.unreachable).toEqual(unreachable);
  expect(found.notices.every(({ kind }) => kind === "hygiene")).toBe(true);
});
