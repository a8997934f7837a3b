import { expect, test } from "vitest";
import {
  durationComplaint,
  externalIdComplaint,
  policyArnsComplaint,
  policyComplaint,
  roleNameComplaint,
  sessionNameComplaint,
  tagsComplaint,
} from "./session-limits.ts";

const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, "v"]));

test.each<[string, string | undefined]>([
  ["900 s", durationComplaint(900, false)],
  ["36 h", durationComplaint(129_600, false)],
  ["12 h in one", durationComplaint(43_200, true)],
  ["ab", sessionNameComplaint("ab")],
  ["a session name of 64", sessionNameComplaint("a_+=,.@-".repeat(8))],
  ["an external id", externalIdComplaint("a:b/c-_+=,.@")],
  ["a role", roleNameComplaint("Dev+=,.@-_1")],
  ["a role with a path", roleNameComplaint("a/b!/ReadOnly")],
  ["ten policies", policyArnsComplaint(Array.from({ length: 10 }, () => arn))],
  ["a policy of another account", policyArnsComplaint(["arn:aws-cn:iam::111111111111:policy/a/b"])],
  ["a policy text", policyComplaint('{"Version":"2012-10-17"}\n')],
  ["fifty tags", tagsComplaint(many(50))],
  ["tags in any script", tagsComplaint({ "größe 1": "日本 _.:/=+-@", empty: "" })],
])("%s is taken", (_, complaint) => {
  expect(complaint).toBeUndefined();
});

test.each<[string, string | undefined, string]>([
  ["899 s", durationComplaint(899, false), "15m to 36h"],
  ["36 h and 1 s", durationComplaint(129_601, false), "15m to 36h"],
  ["12 h and 1 s in one", durationComplaint(43_201, true), "15m to 12h for a single session"],
  ["half a second", durationComplaint(900.5, false), "out of range"],
  ["one letter", sessionNameComplaint("a"), "2 to 64"],
  ["65 letters", sessionNameComplaint("a".repeat(65)), "2 to 64"],
  ["a space", sessionNameComplaint("a b"), "2 to 64"],
  ["a line's end", sessionNameComplaint("ab\n"), "2 to 64"],
  ["a short external id", externalIdComplaint("a"), "2 to 1224"],
  ["no role", roleNameComplaint(""), "not a role name"],
  ["a path without a role", roleNameComplaint("audit/"), "not a role name"],
  ["a path of nothing", roleNameComplaint("/ReadOnly"), "empty part"],
  ["a role of 65", roleNameComplaint("a".repeat(65)), "1 to 64"],
  ["eleven policies", policyArnsComplaint(Array.from({ length: 11 }, () => arn)), "AWS allows 10"],
  [
    "a role's ARN",
    policyArnsComplaint(["arn:aws:iam::111111111111:role/x"]),
    "not the ARN of a policy",
  ],
  ["no JSON", policyComplaint("{"), "not JSON"],
  ["a JSON list", policyComplaint("[]"), "not a JSON object"],
  ["a long policy", policyComplaint(`{"a":"${"x".repeat(2048)}"}`), "AWS allows 2048"],
  ["a policy in Chinese", policyComplaint('{"a":"日"}'), "characters that AWS does not allow"],
  ["51 tags", tagsComplaint(many(51)), "AWS allows 50"],
  ["a tag twice", tagsComplaint({ Team: "a", team: "b" }), "twice"],
  ["AWS's own tag", tagsComplaint({ "AWS:x": "a" }), "AWS reserves names"],
  ["a long tag", tagsComplaint({ a: "x".repeat(257) }), "256"],
  ["a nameless tag", tagsComplaint({ "": "x" }), "1 to 128"],
  ["a comma in a tag", tagsComplaint({ a: "x,y" }), "does not allow"],
])("%s is refused", (_, complaint, text) => {
  expect(complaint).toContain(text);
});
