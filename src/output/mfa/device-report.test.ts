import { describe, expect, test } from "vitest";
import { colorStyle, plainStyle } from "../style.ts";
import {
  addedLines,
  codeLines,
  configuredLine,
  type DeviceListing,
  deletedSeedLine,
  deviceTable,
  deviceTableNotes,
  removedLine,
  replacedLine,
  storedSeedLine,
} from "./device-report.ts";

const serial = "arn:aws:iam::111111111111:mfa/bob";
const device = {
  name: "bob",
  serial,
  kind: "virtual",
  enabledAt: new Date("2026-03-01T12:00:00Z"),
  isUsable: true,
  isStored: true,
  isAsked: true,
} as const;
const none = { adding: undefined, replacing: undefined, removing: undefined };
const listing: DeviceListing = {
  identity: "main-account",
  userName: "bob",
  devices: [device],
  unfinished: none,
};

test("deviceTable(), plain and on a terminal", () => {
  expect(deviceTable(listing, plainStyle)).toBe(
    [
      "DEVICE  KIND     ENABLED     CLI  SEED    DEFAULT  SERIAL",
      `bob     virtual  2026-03-01  yes  stored  yes      ${serial}`,
      "",
    ].join("\n"),
  );
  const table = deviceTable(listing, colorStyle);
  expect(table).toContain(colorStyle.ok("yes"));
  expect(table).toContain(colorStyle.dim(serial));
});

describe("deviceTableNotes()", () => {
  test.each([
    [{ devices: [] }, ["user bob has no MFA device: awst mfa add --identity org"]],
    [
      { unfinished: { ...none, adding: "bob-2" } },
      ["the new device bob-2 is not complete: awst mfa add --identity org"],
    ],
    [
      { unfinished: { ...none, adding: "bob-2", replacing: "bob" } },
      ["the replacement of device bob is not complete: awst mfa replace --identity org"],
    ],
    [
      { unfinished: { ...none, removing: "bob" } },
      ["the removal of device bob is not complete: awst mfa remove --identity org"],
    ],
    [{}, []],
  ])("%j", (more, lines) => {
    expect(deviceTableNotes({ ...listing, ...more }, "org")).toEqual(lines);
  });
});

test("sentences about what a command did", () => {
  const facts = { identity: "main-account", serial, isStored: false, isResumed: false };
  expect(addedLines(facts, undefined)).toEqual([
    "added MFA device bob (111111111111); AWS accepted its codes and opened an MFA session",
  ]);
  expect(addedLines({ ...facts, isStored: true, isResumed: true }, undefined)).toHaveLength(4);
  expect(removedLine(serial, false)).toBe("removed MFA device bob (111111111111)");
  expect(removedLine(serial, true)).toMatch(/^deactivated MFA device bob \(111111111111\): /);
  const configured = { path: "/c.toml", table: "[mfa]" };
  expect(configuredLine(configured, "arn:x")).toBe(
    '/c.toml still names the old device: under [mfa], set device = "arn:x"',
  );
  expect(configuredLine(configured, undefined)).toContain("delete the line `device = …`");
  expect(storedSeedLine(serial, "none")).toMatch(/^stored the seed of bob/);
  expect(storedSeedLine(serial, "same")).toMatch(/^the seed of bob .* was stored already/);
  expect(storedSeedLine(serial, "other")).toMatch(/^replaced the stored seed of bob/);
  expect(deletedSeedLine("main", undefined)).toBe('no seed of "main" is stored: nothing to delete');
  expect(deletedSeedLine("main", serial)).toMatch(/^deleted the seed of bob/);
  expect(codeLines(serial, { secondsLeft: 12, wasSent: false })).toEqual([
    "the code of bob (111111111111) expires in 12 s",
  ]);
  expect(codeLines(serial, { secondsLeft: 12, wasSent: true })).toHaveLength(2);
});

test.each<[string, string, RegExp]>([
  ["old-phone", "phone", /^replaced MFA device .*old-phone.* by .*phone/],
  ["phone", "phone", /^replaced MFA device (?!.* by ).*phone/],
])("replacedLine(): %s by %s", (old, name, pattern) => {
  const arnOf = (device: string) => `arn:aws:iam::111111111111:mfa/${device}`;
  expect(replacedLine(arnOf(old), arnOf(name))).toMatch(pattern);
});
