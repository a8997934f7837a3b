import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { consoleHosts, userSignInPage } from "./console-hosts.ts";
import { consolePage, consoleRegion, signInLink } from "./console-links.ts";

describe("hosts", () => {
  test.each([
    ["eu-west-1", "signin.aws.amazon.com", "eu-west-1.console.aws.amazon.com"],
    ["cn-north-1", "signin.amazonaws.cn", "console.amazonaws.cn"],
    ["us-gov-west-1", "signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com"],
    [
      "eusc-de-east-1",
      "eusc-de-east-1.signin.amazonaws-eusc.eu",
      "eusc-de-east-1.console.amazonaws-eusc.eu",
    ],
  ])("of %s", (region, signIn, host) => {
    expect(consoleHosts(region)).toMatchObject({ signIn, console: host });
  });

  test.each(["us-iso-east-1", "evil.example/", "eu-west-1.evil.example", ""])(
    "%j has none",
    (region) => {
      expect(() => consoleHosts(region)).toThrow(expect.objectContaining({ code: "USAGE" }));
    },
  );

  test("a user's own page is the account's", () => {
    expect(userSignInPage("111111111111", "eu-west-1")).toBe(
      "https://111111111111.signin.aws.amazon.com/console",
    );
    expect(userSignInPage("111111111111", "eusc-de-east-1")).toBeUndefined();
  });
});

describe("the page to begin at", () => {
  const here = "https://eu-west-1.console.aws.amazon.com";
  test.each<[string | undefined, string]>([
    [undefined, `${here}/console/home?region=eu-west-1`],
    ["s3", `${here}/s3/home?region=eu-west-1`],
    ["dynamodb", `${here}/dynamodbv2/home?region=eu-west-1`],
    ["waf", `${here}/wafv2/homev2?region=eu-west-1`],
    ["bedrock-agentcore", `${here}/bedrock-agentcore/home?region=eu-west-1`],
    ["s3/buckets/my.bucket", `${here}/s3/buckets/my.bucket?region=eu-west-1`],
    [
      "https://us-east-1.console.aws.amazon.com/iam/home#/users",
      "https://us-east-1.console.aws.amazon.com/iam/home#/users",
    ],
    ["https://console.aws.amazon.com/billing/", "https://console.aws.amazon.com/billing/"],
  ])("%s", (service, page) => {
    expect(consolePage("eu-west-1", service)).toBe(page);
  });

  test.each([
    "",
    "s3?x=1",
    "../s3",
    "s3/../iam",
    "//evil.example",
    "@evil.example",
    "s3#x",
    "https://console.aws.amazon.com.evil.example/",
    "https://evil.example/console.aws.amazon.com",
    "https://me@console.aws.amazon.com/",
    "https://console.aws.amazon.com:8443/",
    "http://console.aws.amazon.com/",
    "https://console.amazonaws.cn/",
    "https://",
    "javascript:alert(1)",
  ])("%j is none", (service) => {
    expect(() => consolePage("eu-west-1", service)).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  });

  test("another region of the same partition, no other", () => {
    expect(consoleRegion(undefined, "eu-west-1")).toBe("eu-west-1");
    expect(consoleRegion("us-east-2", "eu-west-1")).toBe("us-east-2");
    expect(() => consoleRegion("cn-north-1", "eu-west-1")).toThrow("is in aws-cn");
  });
});

test("the link carries token and page whole, and does not print itself", () => {
  const page = consolePage("eu-west-1", "https://console.aws.amazon.com/s3/home?a=1&b=2#c");
  const link = signInLink("https://signin.aws.amazon.com", new Secret("a+b/c=&d"), page);
  expect(String(link)).toBe("[secret]");
  const url = new URL(link.reveal());
  expect(`${url.origin}${url.pathname}`).toBe("https://signin.aws.amazon.com/federation");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    Action: "login",
    Issuer: "awst",
    Destination: page,
    SigninToken: "a+b/c=&d",
  });
});
