import { describe, expect, test } from "vitest";
import {
  decodeReadings,
  encodeReading,
  readingKey,
  readingsNote,
  type StoredReading,
} from "./stored-readings.ts";

const now = new Date("2026-11-27T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const user = "AIDAEXAMPLEEXAMPLE01";
const key = "AKIAEXAMPLEEXAMPLE01";

const all: readonly StoredReading[] = [
  { kind: "password", id: user, at: ago(1), createdAt: ago(9_000) },
  { kind: "password", id: "AIDAEXAMPLEEXAMPLE02", at: ago(1), createdAt: undefined },
  { kind: "keys", id: user, at: ago(2), keys: [{ id: key, status: "Active", createdAt: ago(8) }] },
  { kind: "keys", id: "AIDAEXAMPLEEXAMPLE02", at: ago(2), keys: [] },
  { kind: "use", id: key, at: ago(3), usedAt: ago(600) },
  { kind: "use", id: "AKIAEXAMPLEEXAMPLE02", at: ago(3), usedAt: undefined },
  { kind: "mfa", id: user, at: ago(4), hasMfa: false },
];
const text = all.map(encodeReading).join("");

test("what was written is read", () => {
  const found = decodeReadings(text, now);
  expect([...found.values()]).toEqual(all);
  expect(found.get(readingKey("use", key))).toMatchObject({ usedAt: ago(600) });
});

describe("lines that do not count", () => {
  const good = { kind: "mfa", id: user, at: ago(1), hasMfa: true };
  test.each<[string, object | string]>([
    ["older than an hour", { ...good, at: ago(61) }],
    ["from the future", { ...good, at: ago(-5) }],
    ["without a time", { ...good, at: undefined }],
    ["no time", { ...good, at: "yesterday" }],
    ["of no id", { ...good, id: "zoe" }],
    ["of an id that is a path", { ...good, id: "../AIDAEXAMPLEEXAMPLE" }],
    ["of an unknown kind", { ...good, kind: "groups" }],
    ["MFA that is no truth", { ...good, hasMfa: "yes" }],
    ["keys that are no list", { ...good, kind: "keys", keys: 7 }],
    ["a key without a time", { ...good, kind: "keys", keys: [{ id: key, status: "Active" }] }],
    [
      "a key of no status",
      { ...good, kind: "keys", keys: [{ id: key, status: "On", createdAt: ago(1) }] },
    ],
    ["a use at no time", { kind: "use", id: key, at: ago(1), usedAt: "never" }],
    ["a line that was cut short", '{"kind":"mfa","id":"AIDAEXAMP'],
    ["no object", "7"],
    ["null", "null"],
    ["nothing", ""],
  ])("%s", (_, line) => {
    const written = typeof line === "string" ? line : JSON.stringify(line);
    expect(decodeReadings(`\n${written}`, now).size).toBe(0);
    // Neither the line before it nor the one after it is lost.
    const around = `${encodeReading(all[0] as StoredReading)}\n${written}${encodeReading(all[4] as StoredReading)}`;
    expect([...decodeReadings(around, now).values()]).toEqual([all[0], all[4]]);
  });
});

test("the newer of two responses counts, in whichever order they were written", () => {
  const older: StoredReading = { kind: "mfa", id: user, at: ago(9), hasMfa: false };
  const newer: StoredReading = { kind: "mfa", id: user, at: ago(2), hasMfa: true };
  for (const order of [
    [older, newer],
    [newer, older],
  ]) {
    const found = decodeReadings(order.map(encodeReading).join(""), now);
    expect([...found.values()]).toEqual([newer]);
  }
});

test("the note says how many responses, and how old", () => {
  expect(readingsNote([], now)).toBeUndefined();
  expect(readingsNote(all.slice(0, 1), now)).toMatch(/^1 response reused .* 1 min old; --fresh /);
  expect(readingsNote(all, now)).toMatch(/^7 responses .* up to 4 min old/);
});
