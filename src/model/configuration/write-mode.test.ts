import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { cachedWriteMode, makeConfigCache } from "../session/config-cache.ts";
import { resolveTarget } from "../session/resolve-target.ts";
import { decodeConfiguration } from "./decode-configuration.ts";
import { writeRules, writeSettingsOf } from "./write-mode.ts";

const process = { mode: "process", keysSeconds: 1800 };
const keys = { mode: "keys", keysSeconds: 1800 };

function decode(text: string) {
  const top = 'defaultRegion = "eu-west-1"\n[profiles]\nmainAccount = "me"\n';
  return decodeConfiguration(parse(top + text, { integersAsBigInt: true }), "/c");
}

function configurationOf(text: string) {
  const { configuration, problems } = decode(text);
  if (configuration === undefined) throw new Error(JSON.stringify(problems));
  return configuration;
}

const legacy = '[accounts.legacy]\nid = "111111111111"\n';
const roles = "[roles.Dev]\n[roles.Admin]\n";

describe("writeSettingsOf() of legacy Dev", () => {
  test.each<[name: string, text: string, expected: object]>([
    ["nothing is set", `${legacy}${roles}`, process],
    ["[write]", `${legacy}${roles}[write]\nmode = "keys"\n`, keys],
    ["the account", `${legacy}write.mode = "keys"\n${roles}`, keys],
    ["the role", `${legacy}[roles.Dev]\nwrite.mode = "keys"\n`, keys],
    ["another role", `${legacy}[roles.Dev]\n[roles.Admin]\nwrite.mode = "keys"\n`, process],
    [
      "another account",
      `${legacy}[accounts.other]\nid = "222222222222"\nwrite.mode = "keys"\n${roles}`,
      process,
    ],
    [
      "the role in this account",
      `${legacy}[accounts.legacy.roles]\nDev = { write = { mode = "keys" } }\n${roles}`,
      keys,
    ],
    [
      "the role overrides the account",
      `${legacy}write.mode = "keys"\n[roles.Dev]\nwrite.mode = "process"\n`,
      process,
    ],
    [
      "the role in this account overrides the role",
      `${legacy}[accounts.legacy.roles]\nDev = { write = { mode = "process" } }\n[roles.Dev]\nwrite.mode = "keys"\n`,
      process,
    ],
    [
      "the account overrides [write]",
      `${legacy}write.mode = "process"\n${roles}[write]\nmode = "keys"\n`,
      process,
    ],
    [
      "each setting is inherited by itself",
      `${legacy}write.keysDuration = "1h"\n[roles.Dev]\nwrite.mode = "keys"\n[write]\nkeysDuration = 900\n`,
      { mode: "keys", keysSeconds: 3600 },
    ],
    [
      "keys are spelled without case and with _",
      `${legacy}[roles.Dev]\nwrite = { Mode = "keys", keys_duration = "15m" }\n`,
      { mode: "keys", keysSeconds: 900 },
    ],
  ])("%s", (_name, text, expected) => {
    const configuration = configurationOf(text);
    expect(writeSettingsOf(configuration, "legacy", "Dev")).toEqual(expected);
    // A warm start has the same answer without the configuration.
    const modes = writeRules(configuration).flatMap(([account = null, role = null, { mode }]) =>
      mode === undefined ? [] : [[account, role, mode] as const],
    );
    const cache = makeConfigCache(configuration, "f", modes);
    const { mode } = writeSettingsOf(configuration, "legacy", "Dev");
    expect(cachedWriteMode(JSON.parse(JSON.stringify(cache)), "legacy", "Dev")).toBe(mode);
  });
});

describe("mistakes", () => {
  test.each([
    ["[write]\nkeysDuration = '10m'", 'write.keysDuration must not be "10m"'],
    ["[write]\nkeysDuration = '2h'", 'write.keysDuration must not be "2h"'],
    ["[write]\nkeysDuration = true", "write.keysDuration must not be true"],
    ["[write]\nkeysDuration = 'soon'", 'write.keysDuration must not be "soon"'],
    ["[roles.Dev]\nwrite = 'keys'", "roles.Dev.write must be a table, not a string"],
    ["[roles.Dev]\nwrite.mode = 'plain'", 'roles.Dev.write.mode must not be "plain"'],
    ["[roles.Dev]\nwrite.print = 'x'", "unknown key roles.Dev.write.print"],
    [`${legacy}write.mod = 'keys'`, "unknown key accounts.legacy.write.mod"],
    [
      `${legacy}[accounts.legacy.roles]\nDev = { write = { keysDuration = 60 } }`,
      "accounts.legacy.roles.Dev.write.keysDuration must not be 60",
    ],
  ])("%s", (text, message) => {
    expect(decode(text).problems.map((each) => each.message)).toEqual([message]);
  });
});

describe("sessions of a role whose profiles hold keys", () => {
  const target = (text: string, flags = {}) => {
    const configuration = configurationOf(text);
    const names = { account: "legacy", role: "Dev", identity: undefined, flags, env: {} };
    return resolveTarget(configuration, names);
  };
  const isKeys = 'write.mode = "keys"\n';

  test.each<[name: string, text: string, flags: object, seconds: number]>([
    ["last 30 min", `[roles.Dev]\n${isKeys}`, {}, 1800],
    ["last as configured", `[roles.Dev]\n${isKeys}write.keysDuration = "15m"\n`, {}, 900],
    ["never longer than the role", `[roles.Dev]\nduration = "20m"\n${isKeys}`, {}, 1200],
    ["as long as an option says", `[roles.Dev]\n${isKeys}`, { durationSeconds: 2400 }, 2400],
    [
      "as long as a single session",
      `[roles.Dev]\nduration = "8h"\nsession = "single"\n${isKeys}`,
      {},
      28_800,
    ],
    ["1 h without keys", '[roles.Dev]\nduration = "8h"\n', {}, 3600],
  ])("%s", (_name, text, flags, seconds) => {
    expect(target(`${legacy}${text}`, flags).sessionSeconds).toBe(seconds);
  });

  test("a cached session of 1 h is not written as keys: the fingerprint differs", () => {
    const before = target(`${legacy}[roles.Dev]\nduration = "4h"\n`);
    const after = target(`${legacy}[roles.Dev]\nduration = "4h"\n${isKeys}`);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });
});
