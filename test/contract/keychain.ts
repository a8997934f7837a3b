// The contract of every keychain. It runs on the fake, the sealed file and a real Secret Service.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import type { Keychain } from "../../src/ports.ts";

export interface KeychainFixture {
  /** Opens the same store again, as another process does. */
  open(): Keychain;
  /** Set where the store is named, not chosen at the first write. */
  readonly named?: "system" | "file";
}

/** `makeFixture` gets a folder, which is deleted after the tests. */
export function keychainContract(
  name: string,
  makeFixture: (around: string) => Promise<KeychainFixture>,
): void {
  describe(name, () => {
    let around: string;
    let fixture: KeychainFixture;
    beforeAll(async () => {
      around = mkdtempSync(join(tmpdir(), "awst-keychain-"));
      fixture = await makeFixture(around);
    });
    afterAll(() => rmSync(around, { recursive: true, force: true }));
    const read = async (item: string) => (await fixture.open().read(item))?.reveal();
    const write = (item: string, text: string) => fixture.open().write(item, new Secret(text));

    test("before the first write, an item is absent, and removing it is not an error", async () => {
      const keychain = fixture.open();
      expect(keychain.kind).toBe(fixture.named);
      expect(await keychain.read("key/first")).toBeUndefined();
      await keychain.remove("key/first");
      expect(keychain.kind).toBe(fixture.named);
    });

    test("a written item is read by the next process", async () => {
      const keychain = fixture.open();
      await keychain.write("key/main-account", new Secret("one"));
      expect(keychain.kind).toBeDefined();
      expect(fixture.open().kind).toBe(keychain.kind);
      expect(await read("key/main-account")).toBe("one");
      expect(String(await fixture.open().read("key/main-account"))).toBe("[secret]");
    });

    test("a second write replaces the value, whatever its length", async () => {
      for (const length of [10, 70_000, 3, 150_000, 69_999, 1]) {
        await write("key/again", `${length}`.padEnd(length, "x"));
        expect(await read("key/again")).toBe(`${length}`.padEnd(length, "x"));
      }
    });

    test("a removed item is absent, and other items stay", async () => {
      await write("key/a", "a");
      await write("key/b", "b".repeat(70_000));
      await fixture.open().remove("key/b");
      await fixture.open().remove("key/b");
      expect(await read("key/b")).toBeUndefined();
      expect(await read("key/a")).toBe("a");
    });

    test.each(["with space", "a/b/c", "ü\u{1F511}", "'\"\\", "a=b&c", "__proto__", "..", "[x]"])(
      "an item can have the name %j",
      async (item) => {
        await write(item, `value of ${item}`);
        expect(await read(item)).toBe(`value of ${item}`);
      },
    );

    test("names that differ only in case are two items", async () => {
      await write("key/Case", "upper");
      await write("key/case", "lower");
      expect(await read("key/Case")).toBe("upper");
    });

    test("any text is read as it was written", async () => {
      const texts = fc
        .string({ unit: "binary", minLength: 1 })
        .map((text) => text.replace(/\0/g, ""));
      await fc.assert(
        fc.asyncProperty(texts, async (text) => {
          fc.pre(text !== "");
          await write("key/any", text);
          expect(await read("key/any")).toBe(text);
        }),
        { numRuns: 20 },
      );
    });

    test("concurrent writers keep all values", async () => {
      const items = Array.from({ length: 10 }, (_, number) => `session/${number}`);
      await Promise.all(items.map((item) => write(item, `of ${item}`)));
      expect(await Promise.all(items.map(read))).toEqual(items.map((item) => `of ${item}`));
    });
  });
}
