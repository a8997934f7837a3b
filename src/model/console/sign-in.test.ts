import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { browserSeconds, readSignInToken, signInForm } from "./sign-in.ts";

const keys = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: new Secret("se+c/r&t="),
  sessionToken: new Secret("to+k/e&n="),
  expiresAt: new Date("2026-01-02T03:04:05Z"),
};

test("the form holds the keys as the service reads them", () => {
  const parameters = new URLSearchParams(signInForm(keys, undefined).reveal());
  expect([...parameters.keys()]).toEqual(["Action", "Session"]);
  expect(JSON.parse(parameters.get("Session") ?? "")).toEqual({
    sessionId: "ASIAEXAMPLE",
    sessionKey: "se+c/r&t=",
    sessionToken: "to+k/e&n=",
  });
  expect(new URLSearchParams(signInForm(keys, 900).reveal()).get("SessionDuration")).toBe("900");
});

test.each([
  ['{"SigninToken":"abc"}\n', "abc"],
  ['{"SigninToken":""}', undefined],
  ['{"SigninToken":1}', undefined],
  ["null", undefined],
  ["<html>sign in to the network</html>", undefined],
  ['{"SigninToken":"ab', undefined],
])("%s", (text, token) => {
  expect(readSignInToken(text)?.reveal()).toBe(token);
});

describe("how long a browser session may be asked for", () => {
  const never = undefined;
  const later = new Date("2026-01-02T03:04:05Z");
  test.each([
    ["single", never, 8 * 3600 + 0.5, 8 * 3600],
    ["single", never, 13 * 3600, 12 * 3600],
    ["single", never, 900, 900],
    ["single", never, 899, undefined],
    // the role's maximum was too small: renewed sessions of the MFA session instead
    ["single", later, 3600, undefined],
    ["renew", later, 3600, undefined],
    ["once", never, 3600, undefined],
  ] as const)("%s, renewable until %s, %d s left: %s", (mode, renewableUntil, left, seconds) => {
    expect(browserSeconds(mode, { renewableUntil }, left)).toBe(seconds);
  });
});
