import { describe, expect, test } from "vitest";
import { environmentFindings, networkFindings } from "./findings.ts";

const known = {
  isProfile: (name: string) => name === "mine",
  lineFor: (name: string) => (name === "prod/Dev" ? "awst assume prod Dev" : undefined),
};
const bash = { SHELL: "/bin/bash" };

describe("environmentFindings()", () => {
  test.each<[string, Record<string, string>, string, string | null]>([
    ["an empty environment", {}, "ok", null],
    ["a profile that exists", { AWS_PROFILE: "mine" }, "ok", null],
    ["a profile that does not exist", { AWS_PROFILE: "gone" }, "wrong", "awst profile list"],
    [
      "a profile that awst wrote and that is gone",
      { AWS_PROFILE: "prod/Dev" },
      "wrong",
      "awst assume prod Dev",
    ],
    ["keys", { AWS_ACCESS_KEY_ID: "A" }, "wrong", "unset AWS_ACCESS_KEY_ID"],
    [
      "credentials that a tool exported with their expiration",
      { AWS_ACCESS_KEY_ID: "A", AWS_CREDENTIAL_EXPIRATION: "t" },
      "note",
      null,
    ],
    ["a token's older name", { AWS_SECURITY_TOKEN: "t" }, "wrong", "unset AWS_SECURITY_TOKEN"],
    [
      "a web identity",
      { AWS_WEB_IDENTITY_TOKEN_FILE: "f" },
      "wrong",
      "unset AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    ["a code", { AWST_MFA_CODE: "123456" }, "note", "unset AWST_MFA_CODE"],
  ])("%s", (_, env, state, hint) => {
    expect(environmentFindings({ ...bash, ...env }, known)).toMatchObject([{ state, hint }]);
  });

  test("two names of a profile: boto3 uses AWS_DEFAULT_PROFILE", () => {
    const [first, second] = environmentFindings(
      { ...bash, AWS_PROFILE: "mine", AWS_DEFAULT_PROFILE: "gone" },
      known,
    );
    expect(first?.message).toBe(
      "AWS_DEFAULT_PROFILE=gone overrides AWS_PROFILE=mine in boto3 and the AWS CLI",
    );
    expect(second?.message).toBe('there is no AWS profile "gone"');
  });

  test.each([
    ["/usr/bin/fish", "set -e AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN"],
    ["/usr/bin/zsh", "unset AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN"],
  ])("the hint is a command for %s, without a secret", (SHELL, hint) => {
    const env = { SHELL, AWS_ACCESS_KEY_ID: "A", AWS_SESSION_TOKEN: "very-secret" };
    const [found] = environmentFindings(env, known);
    expect(found?.hint).toBe(hint);
    expect(JSON.stringify(found)).not.toContain("very-secret");
  });
});

describe("networkFindings()", () => {
  const there = (path: string) => path === "/there.pem";
  test.each<[Record<string, string>, string, RegExp]>([
    [{ HTTPS_PROXY: "http://me:secret@proxy:3128" }, "note", /use the proxy proxy:3128$/],
    [{ https_proxy: "proxy:3128" }, "note", /use the proxy proxy:3128$/],
    [{ HTTPS_PROXY: "http://" }, "wrong", /is not a URL/],
    [
      { AWS_ENDPOINT_URL_STS: "http://localhost:4566" },
      "note",
      /calls go to localhost:4566 instead of AWS/,
    ],
    [{ AWS_ENDPOINT_URL: "localhost" }, "wrong", /is not a URL/],
    [{ AWS_CA_BUNDLE: "/there.pem" }, "note", /are trusted/],
    [{ AWS_CA_BUNDLE: "/gone.pem" }, "wrong", /\/gone.pem, which does not exist/],
  ])("%j", (env, state, message) => {
    const found = networkFindings({ ...bash, ...env }, there);
    expect(found).toMatchObject([{ state, message: expect.stringMatching(message) }]);
    expect(JSON.stringify(found)).not.toContain("secret");
  });

  test("no findings for an empty environment", () => {
    expect(networkFindings(bash, there)).toEqual([]);
  });
});
