import { describe, expect, test } from "vitest";
import { parseOtpauth } from "../../model/mfa/otpauth-uri.ts";
import { Secret } from "../../model/secret.ts";
import { deviceLabelFor, newDeviceLines, newDeviceUri } from "./device-display.ts";

describe("the display of a new device", () => {
  const seed = new Secret("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
  const device = {
    name: "bob",
    userName: "bob",
    accountId: "111111111111",
    accountName: "main-account",
    seed,
  };

  test.each([
    [{}, "bob@main-account 111111111111"],
    [{ name: "bob-2" }, "bob@main-account 111111111111 bob-2"],
    [{ accountName: undefined }, "bob@111111111111"],
    [{ accountName: undefined, accountId: undefined }, "bob"],
  ])("its label with %j", (more, label) => {
    expect(deviceLabelFor({ ...device, ...more })).toBe(label);
  });

  test("an app reads issuer, label and seed from the code", () => {
    const read = parseOtpauth(newDeviceUri(device));
    expect(read).toEqual({ seed, issuer: "AWS", label: "bob@main-account 111111111111" });
  });

  test("as text: the complete seed in groups of four", () => {
    const text = newDeviceLines(device, undefined).join("\n");
    const letters = text.replace(/[\s\S]*key: |type: [\s\S]*/g, "").replaceAll(/\s/g, "");
    expect(letters).toBe(seed.reveal());
  });

  test("if the QR code does not fit: the reason, and the text", () => {
    const lines = newDeviceLines(device, { reason: "it needs 49 columns, this terminal has 40" });
    expect(lines[0]).toContain("No QR code: it needs 49 columns, this terminal has 40");
    expect(lines.join("\n")).toContain("ABCD EFGH");
  });
});
