import { describe, expect, test } from "vitest";
import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { formatProcessJson } from "./process-json.ts";
import { parseProcessOutput } from "./process-output.ts";

const secret = "wJalrXUtnFEMI";
const whole = { Version: 1, AccessKeyId: "ASIA1", SecretAccessKey: secret };

function parse(value: unknown) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return parseProcessOutput(text, "some program");
}

describe("parseProcessOutput()", () => {
  test("reads what awst itself answers", () => {
    const expiresAt = new Date("2025-06-15T12:00:00Z");
    const secretAccessKey = new Secret(secret);
    const keys = {
      accessKeyId: "ASIA1",
      secretAccessKey,
      sessionToken: new Secret("t"),
      expiresAt,
    };
    const answer = parse(formatProcessJson({ keys }, "111111111111"));
    expect(answer.expiresAt).toEqual(expiresAt);
    expect(answer.keys.accessKeyId).toBe("ASIA1");
    expect(answer.keys.secretAccessKey.reveal()).toBe(secret);
    expect(answer.keys.sessionToken?.reveal()).toBe("t");
  });

  test("keys that don't end", () => {
    const { keys, expiresAt } = parse(whole);
    expect([keys.sessionToken, expiresAt]).toEqual([undefined, undefined]);
  });

  test.each([
    ["nothing", "", "is not JSON"],
    ["no JSON", `{${secret}`, "is not JSON"],
    ["no object", "null", "is not an object"],
    ["another version", { ...whole, Version: 2 }, "is not Version 1"],
    ["a version in quotes", { ...whole, Version: "1" }, "is not Version 1"],
    ["no id", { ...whole, AccessKeyId: "" }, "lacks a key"],
    ["no secret", { Version: 1, AccessKeyId: "A" }, "lacks a key"],
    ["no date", { ...whole, Expiration: "soon" }, "has an unreadable Expiration"],
  ])("%s is refused, without a word of it", (_name, value, why) => {
    try {
      parse(value);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AwstError);
      expect((error as AwstError).cause).toBeUndefined();
      expect(error).toMatchObject({
        code: "CREDENTIALS_MISSING",
        message: `the output of the profile's credential_process ${why}`,
      });
    }
  });
});
