import { expect, test } from "vitest";
import { scopeOf } from "./session-scope.ts";
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
