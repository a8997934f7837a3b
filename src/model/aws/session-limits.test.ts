import { expect, test } from "vitest";
import {
  durationProblem,
  externalIdProblem,
  policyArnsProblem,
  policyProblem,
  roleNameProblem,
  sessionNameProblem,
  tagsProblem,
} from "./session-limits.ts";

const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, "v"]));

test.each<[string, string | undefined]>([
  ["900 s", durationProblem(900, false)],
  ["36 h", durationProblem(129_600, false)],
  ["12 h in one", durationProblem(43_200, true)],
  ["ab", sessionNameProblem("ab")],
  ["a session name of 64", sessionNameProblem("a_+=,.@-".repeat(8))],
  ["an external id", externalIdProblem("a:b/c-_+=,.@")],
  ["a role", roleNameProblem("Dev+=,.@-_1")],
  ["a role with a path", roleNameProblem("a/b!/ReadOnly")],
  ["ten policies", policyArnsProblem(Array.from({ length: 10 }, () => arn))],
  ["a policy of another account", policyArnsProblem(["arn:aws-cn:iam::111111111111:policy/a/b"])],
  ["a policy text", policyProblem('{"Version":"2012-10-17"}\n')],
  ["fifty tags", tagsProblem(many(50))],
  ["tags in any script", tagsProblem({ "größe 1": "日本 _.:/=+-@", empty: "" })],
])("%s is taken", (_, problem) => {
  expect(problem).toBeUndefined();
});

test.each<[string, string | undefined, string]>([
  ["899 s", durationProblem(899, false), "15m to 36h"],
  ["36 h and 1 s", durationProblem(129_601, false), "15m to 36h"],
  ["12 h and 1 s in one", durationProblem(43_201, true), "15m to 12h for a single session"],
  ["half a second", durationProblem(900.5, false), "out of range"],
  ["one letter", sessionNameProblem("a"), "2 to 64"],
  ["65 letters", sessionNameProblem("a".repeat(65)), "2 to 64"],
  ["a space", sessionNameProblem("a b"), "2 to 64"],
  ["a line's end", sessionNameProblem("ab\n"), "2 to 64"],
  ["a short external id", externalIdProblem("a"), "2 to 1224"],
  ["no role", roleNameProblem(""), "not a role name"],
  ["a path without a role", roleNameProblem("audit/"), "not a role name"],
  ["a path of nothing", roleNameProblem("/ReadOnly"), "empty part"],
  ["a role of 65", roleNameProblem("a".repeat(65)), "1 to 64"],
  ["eleven policies", policyArnsProblem(Array.from({ length: 11 }, () => arn)), "AWS allows 10"],
  [
    "a role's ARN",
    policyArnsProblem(["arn:aws:iam::111111111111:role/x"]),
    "not the ARN of a policy",
  ],
  ["no JSON", policyProblem("{"), "not JSON"],
  ["a JSON list", policyProblem("[]"), "not a JSON object"],
  ["a long policy", policyProblem(`{"a":"${"x".repeat(2048)}"}`), "AWS allows 2048"],
  ["a policy in Chinese", policyProblem('{"a":"日"}'), "characters that AWS does not allow"],
  ["51 tags", tagsProblem(many(51)), "AWS allows 50"],
  ["a tag twice", tagsProblem({ Team: "a", team: "b" }), "twice"],
  ["AWS's own tag", tagsProblem({ "AWS:x": "a" }), "AWS reserves names"],
  ["a long tag", tagsProblem({ a: "x".repeat(257) }), "256"],
  ["a nameless tag", tagsProblem({ "": "x" }), "1 to 128"],
  ["a comma in a tag", tagsProblem({ a: "x,y" }), "does not allow"],
])("%s is refused", (_, problem, text) => {
  expect(problem).toContain(text);
});
