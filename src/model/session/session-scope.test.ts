import { expect, test } from "vitest";
import { environmentHash, scopeOf } from "./session-scope.ts";
import type { SessionFlags } from "./target.ts";

test.each<[SessionFlags]>([
  [{}],
  [{ single: false, policyArns: [], tags: {} }],
  [{ durationSeconds: undefined, policy: undefined }],
])("%j sets nothing apart", (flags) => {
  expect(scopeOf(flags)).toBeUndefined();
});

const scoped: readonly SessionFlags[] = [
  { durationSeconds: 900 },
  { durationSeconds: 901 },
  { single: true },
  { sessionName: "x" },
  { sourceIdentity: "x" },
  { policy: "{}" },
  { policyArns: ["a"] },
  { policyArns: ["a", "b"] },
  { tags: { a: "b" } },
  { tags: { b: "a" } },
];

test("every flag and every value has a name of its own, 12 hex long", () => {
  const names = scoped.map((flags) => scopeOf(flags));
  expect(new Set(names).size).toBe(scoped.length);
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{12}$/);
});

test("the order of policies and tags does not count", () => {
  expect(scopeOf({ policyArns: ["b", "a"] })).toBe(scopeOf({ policyArns: ["a", "b"] }));
  expect(scopeOf({ tags: { a: "1", b: "2" } })).toBe(scopeOf({ tags: { b: "2", a: "1" } }));
});

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
