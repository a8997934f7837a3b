// A journal counts with the seal of its own key and name alone, whatever the order of its members.

import { expect, test } from "vitest";
import { Secret } from "./secret.ts";
import { isSealed, sealOf, withSeal } from "./state-seal.ts";

const key = new Secret("a key of the keychain");
interface Journal {
  readonly oldKeyId: string;
  readonly newKeyId: string;
  readonly sessions: readonly string[];
  readonly seal?: string | undefined;
}
const journal: Journal = { oldKeyId: "AKIA1", newKeyId: "AKIA2", sessions: ["a", "b"] };
const seal = (content: Journal = journal) => withSeal(key, "rotation-main", content);

test("a sealed journal has all of its content, and counts", () => {
  const sealed = seal();
  expect(sealed).toEqual({ ...journal, seal: sealOf(key, "rotation-main", journal) });
  expect(sealed.seal).toMatch(/^[0-9a-f]{64}$/);
  expect(isSealed(key, "rotation-main", sealed)).toBe(true);
  expect(isSealed(key, "rotation-main", { seal: sealed.seal, ...journal })).toBe(true);
});

test("a new seal does not depend on the one before", () => {
  expect(seal(seal())).toEqual(seal());
});

test("journals that are sealed in turn have the seals that each has alone", () => {
  const journals = [
    journal,
    { ...journal, newKeyId: "AKIA3" },
    journal,
    { ...journal, sessions: [] },
  ];
  const names = ["rotation-main", "rotation-other"];
  for (const each of [...journals, ...journals]) {
    for (const name of names) {
      const alone = sealOf(new Secret("a key of the keychain"), name, each);
      expect(sealOf(key, name, each)).toBe(alone);
      expect(sealOf(new Secret("another key"), name, each)).not.toBe(alone);
    }
  }
});

type Change = (sealed: Journal) => Journal;

test.each<[string, Change, (Secret | undefined)?, string?]>([
  ["another key", (sealed) => sealed, new Secret("another key")],
  ["another name", (sealed) => sealed, key, "rotation-other"],
  ["changed content", (sealed) => ({ ...sealed, newKeyId: "AKIA3" })],
  ["content that was added", (sealed) => ({ ...sealed, more: 1 }) as Journal],
  ["content that was removed", ({ sessions: _, ...sealed }) => sealed as Journal],
  ["another order of a list", (sealed) => ({ ...sealed, sessions: ["b", "a"] })],
  ["no seal", () => journal],
  ["an empty seal", (sealed) => ({ ...sealed, seal: "" })],
  ["half a seal", (sealed) => ({ ...sealed, seal: sealed.seal?.slice(0, 32) })],
  ["a seal that is too long", (sealed) => ({ ...sealed, seal: `${sealed.seal}0` })],
  ["a seal of the same length", (sealed) => ({ ...sealed, seal: "0".repeat(64) })],
])("does not count: %s", (_case, change, usedKey = key, name = "rotation-main") => {
  expect(isSealed(usedKey, name, change(seal()))).toBe(false);
});

test("without a key, nothing counts", () => {
  expect(isSealed(undefined, "rotation-main", seal())).toBe(false);
});
