import { describe, expect, test } from "vitest";
import { clockAt } from "../clock.ts";
import { isReplacing, mfaJournalFile } from "./mfa-journal.ts";
import {
  checkDeviceName,
  checkDeviceQuota,
  findDevice,
  firstFreeDeviceName,
  kindOfDevice,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "./own-devices.ts";

describe("kinds and names", () => {
  test.each([
    ["arn:aws:iam::111111111111:mfa/bob", "virtual", "bob"],
    ["arn:aws-cn:iam::111111111111:mfa/team/bob", "virtual", "bob"],
    ["arn:aws:iam::111111111111:u2f/user/bob/key-ABC123", "FIDO", "key-ABC123"],
    ["arn:aws:iam::111111111111:sms-mfa/bob", "SMS", "bob"],
    ["GAHT12345678", "hardware", "GAHT12345678"],
    ["arn:aws:iam::111111111111:other/bob", "other", "bob"],
  ])("%s", (serial, kind, name) => {
    expect([kindOfDevice(serial), nameOfDevice(serial)]).toEqual([kind, name]);
  });

  test("a device is found by its serial or its name", () => {
    const devices = ["arn:aws:iam::111111111111:mfa/bob", "GAHT12345678"].map((serial) => ({
      serial,
    }));
    expect(findDevice(devices, "bob")).toBe(devices[0]);
    expect(findDevice(devices, "GAHT12345678")).toBe(devices[1]);
    expect(() => findDevice(devices, "eve")).toThrow('the user has no MFA device "eve"');
  });

  test("eight devices are the limit", () => {
    expect(() => checkDeviceQuota("bob", new Array(7))).not.toThrow();
    expect(() => checkDeviceQuota("bob", new Array(8))).toThrow(
      "8 MFA devices, which is AWS's limit",
    );
  });
});

describe("names of new devices", () => {
  test.each([
    [[], "bob"],
    [["bob"], "bob-2"],
    [["Bob", "bob-2", "ann"], "bob-3"],
    [["bob-2"], "bob"],
  ])("if %j are taken: %s", (taken, name) => {
    expect(firstFreeDeviceName("bob", taken)).toBe(name);
  });

  test.each(["", "a b", "a/b", "ä", "x".repeat(129)])("%j is not valid", (name) => {
    expect(() => checkDeviceName(name)).toThrow("is not a valid name for an MFA device");
  });
});

test("a command names its identity unless that is the default one", () => {
  const configuration = { defaultIdentity: "main-account" };
  const command = (name: string) =>
    mfaCommand(nameUnlessDefault({ identity: { name }, configuration }), "remove", "--force");
  expect(command("main-account")).toBe("awst mfa remove --force");
  expect(command("other-org")).toBe("awst mfa remove --force --identity other-org");
  expect(command("other org")).toBe('awst mfa remove --force --identity "other org"');
});

describe("the journal", () => {
  const file = mfaJournalFile("main-account", "bob");
  const clock = () => clockAt(new Date(), 0);
  const since = "2026-03-01T12:00:00.000Z";
  const started = { name: "bob", since, keepsSeed: false };
  const enrolment = { ...started, isVerified: false };
  const onDisk = { ...started, isProved: false };
  const old = "arn:aws:iam::111111111111:mfa/bob";
  const replacement = { old, order: "new-first", since } as const;

  test.each([
    [undefined, { userName: "bob" }],
    ["text", { userName: "bob" }],
    [{ userName: "ann", enrolment: onDisk }, { userName: "bob" }],
    [{ userName: "bob", enrolment: { name: "bob" }, removal: 1 }, { userName: "bob" }],
    [
      { userName: "bob", enrolment: onDisk, replacement, removal: "x", more: 1 },
      { userName: "bob", enrolment, replacement, removal: "x" },
    ],
  ])("%j", (value, journal) => {
    expect(file.decode(value, clock)).toEqual(journal);
  });

  test("decode(encode(x)) = x", () => {
    const journal = { userName: "bob", enrolment: { ...enrolment, serial: "s" }, replacement };
    expect(file.decode(file.encode?.(journal), clock)).toEqual(journal);
  });

  test("a replacement of which no step was done does not count", () => {
    expect(isReplacing({ userName: "bob", replacement })).toBe(false);
    expect(isReplacing({ userName: "bob", replacement, enrolment })).toBe(true);
    expect(isReplacing({ userName: "bob", replacement: { ...replacement, fresh: "x" } })).toBe(
      true,
    );
    const same = { ...replacement, order: "same-name" } as const;
    expect(isReplacing({ userName: "bob", replacement: same })).toBe(true);
  });
});
