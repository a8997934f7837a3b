// Which configurations may run commands.

import { expect, test } from "vitest";
import { type CommandTrust, sharedKeysFile, trustedConfigurationsFile, trustOf } from "./trust.ts";

const clock = () => {
  throw new Error("not used");
};
const trusted = { "/repo/a.toml": "hash-1" };

test.each<[string, string, string, boolean, CommandTrust]>([
  ["the default location", "/h/config.toml", "any", true, "trusted"],
  ["the text that was allowed", "/repo/a.toml", "hash-1", false, "trusted"],
  ["another text at that path", "/repo/a.toml", "hash-2", false, "changed"],
  ["that text at another path", "/repo/b.toml", "hash-1", false, "unknown"],
  ["nothing was allowed", "/repo/c.toml", "hash-3", false, "unknown"],
])("which commands may run: %s", (_case, path, hash, isDefault, trust) => {
  expect(trustOf(path, { hash, isDefault }, trusted)).toBe(trust);
});

test.each([undefined, null, [], "x", { hashes: 1 }, { hashes: { "/repo/a.toml": 1 } }])(
  "a damaged file trusts nothing: %j",
  (stored) => {
    expect(trustedConfigurationsFile.decode(stored, clock)).toEqual({});
  },
);

test("what is written is read", () => {
  const stored = trustedConfigurationsFile.encode?.(trusted);
  expect(trustedConfigurationsFile.decode(stored, clock)).toEqual(trusted);
});

test("the keys of the default configuration are shared as long as the file is there", () => {
  expect(sharedKeysFile.decode(undefined, clock)).toBe(false);
  expect(sharedKeysFile.decode(sharedKeysFile.encode?.(true), clock)).toBe(true);
});

// Another name would forget what the user allowed; adapters/file/paths.ts looks for the second one.
test("the names of both files, and whose they are", () => {
  expect(trustedConfigurationsFile).toMatchObject({
    name: "trusted-configurations",
    isShared: true,
  });
  expect(sharedKeysFile.name).toBe("shares-keys");
  expect(sharedKeysFile.isShared).toBeUndefined();
});
