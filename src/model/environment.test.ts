import { expect, test } from "vitest";
import { ambientRegion, environmentHash } from "./environment.ts";

const plain = environmentHash({}, "eu-west-1");

test.each<[string, Record<string, string>]>([
  ["another STS", { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" }],
  ["another IAM", { AWS_ENDPOINT_URL_IAM: "http://127.0.0.1:1" }],
  ["another AWS", { AWS_ENDPOINT_URL: "http://127.0.0.1:1" }],
])("%s is another environment", (_, env) => {
  expect(environmentHash(env, "eu-west-1")).not.toBe(plain);
});

test.each(["cn-north-1", "us-gov-west-1", "eusc-de-east-1", "no region"])(
  "so is another partition: %s",
  (region) => {
    expect(environmentHash({}, region)).not.toBe(plain);
  },
);

test.each(["eu-west-2", "us-east-1", "ap-east-1", "mx-central-1"])(
  "a session serves every region of its partition: %s",
  (region) => {
    expect(environmentHash({}, region)).toBe(plain);
  },
);

test.each<[string, Record<string, string>]>([
  ["FIPS", { AWS_USE_FIPS_ENDPOINT: "true" }],
  ["dual stack", { AWS_USE_DUALSTACK_ENDPOINT: "True" }],
  ["empty variables", { AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_STS: "" }],
  ["switches that are off", { AWS_USE_FIPS_ENDPOINT: "false", AWS_USE_DUALSTACK_ENDPOINT: "0" }],
  ["a region that is not asked", { AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "us-west-1" }],
  ["what awst does not follow", { AWS_PROFILE: "x", AWS_ACCESS_KEY_ID: "x" }],
])("%s change nothing", (_, env) => {
  expect(environmentHash(env, "eu-west-1")).toBe(plain);
});

test("a general endpoint counts only where no special one is set", () => {
  const special = { AWS_ENDPOINT_URL_STS: "http://a", AWS_ENDPOINT_URL_IAM: "http://b" };
  const both = { ...special, AWS_ENDPOINT_URL: "http://c" };
  expect(environmentHash(both, "eu-west-1")).toBe(environmentHash(special, "eu-west-1"));
});

test("AWS_REGION goes before AWS_DEFAULT_REGION, an empty one is none", () => {
  const both = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
  expect(ambientRegion(both)).toEqual({ region: "eu-west-1", source: "AWS_REGION" });
  expect(ambientRegion({ ...both, AWS_REGION: "" })?.source).toBe("AWS_DEFAULT_REGION");
  expect(ambientRegion({})).toBeUndefined();
});
