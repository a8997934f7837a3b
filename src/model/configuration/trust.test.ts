// Which configurations may run commands.

import { expect, test } from "vitest";
import { type CommandTrust, trustedConfigurationsFile, trustOf } from "./trust.ts";

const clock = () => {
  throw new Error("not used");
};
const trusted = { "/repo/a.toml": "hash-1" };

test.each<[string, string, string, boolean, CommandTrust]>([
  ["the default place", "/h/config.toml", "any", true, "trusted"],
  ["the text that was allowed", "/repo/a.toml", "hash-1", false, "trusted"],
  ["another text at that path", "/repo/a.toml", "hash-2", false, "changed"],
  ["that text at another path", "/repo/b.toml", "hash-1", false, "unknown"],
  ["nothing was allowed", "/repo/c.toml", "hash-3", false, "unknown"],
])("%s", (_case, path, hash, isUsual, trust) => {
  expect(trustOf(path, { hash, isUsual }, trusted)).toBe(trust);
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
