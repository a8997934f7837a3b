import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Secret } from "../secret.ts";
import {
  blockedUntil,
  codeDigest,
  decodeSentCodes,
  type SentCode,
  stepOf,
  wasSent,
  withSentCode,
} from "./sent-codes.ts";

const device = "arn:aws:iam::111111111111:mfa/user";
const at = (text: string) => new Date(`2026-03-01T12:00:${text}Z`);
const sent = (digits: string, time: Date, fate: SentCode["fate"]): SentCode => ({
  device,
  step: stepOf(time),
  digest: codeDigest(device, new Secret(digits)),
  sentAt: time.toISOString(),
  fate,
});

describe("blockedUntil()", () => {
  test.each([
    ["accepted", at("30")],
    ["unknown", at("30")],
    ["refused", undefined],
  ] as const)("after a code that was %s in this step", (fate, expected) => {
    const memory = [sent("123456", at("04"), fate)];
    expect(blockedUntil(memory, device, at("29"))).toEqual(expected);
    expect(blockedUntil(memory, device, at("30"))).toBeUndefined();
    expect(blockedUntil(memory, "GAHT12345678", at("29"))).toBeUndefined();
  });

  test("one accepted code of the step is enough, whatever was refused after it", () => {
    const memory = [sent("123456", at("01"), "accepted"), sent("111111", at("02"), "refused")];
    expect(blockedUntil(memory, device, at("03"))).toEqual(at("30"));
  });
});

describe("wasSent()", () => {
  test("digits count as used for 90 s, whatever came of them", () => {
    const memory = withSentCode([], sent("123456", at("00"), "refused"), at("00"));
    const digest = codeDigest(device, new Secret("123456"));
    expect(wasSent(memory, device, digest)).toBe(true);
    expect(wasSent(memory, device, codeDigest(device, new Secret("654321")))).toBe(false);
    const later = new Date(at("00").getTime() + 90_000);
    expect(wasSent(decodeSentCodes(memory, later), device, digest)).toBe(false);
  });

  test("the digits themselves are not in the memory", () => {
    expect(JSON.stringify(sent("123456", at("00"), "unknown"))).not.toContain("123456");
  });
});

describe("decodeSentCodes()", () => {
  test("whatever lies in the file, it never throws and keeps only whole entries", () => {
    const good = sent("123456", at("00"), "unknown");
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), (junk, more) => {
        expect(decodeSentCodes(junk, at("01")).every((each) => each.device)).toBe(true);
        expect(decodeSentCodes([...more, good], at("01"))).toContainEqual(good);
      }),
    );
  });

  test("a judged code replaces its own entry", () => {
    const first = withSentCode([], sent("123456", at("00"), "unknown"), at("00"));
    const second = withSentCode(first, sent("123456", at("00"), "accepted"), at("01"));
    expect(second.map((each) => each.fate)).toEqual(["accepted"]);
  });
});
