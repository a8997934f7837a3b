import { expect, test } from "vitest";
import { parsePolicy, type Statement } from "./document.ts";
import { evaluate, evaluateTrust, type Verdict } from "./evaluate.ts";

const me = new Map([["aws:username", ["me"]]]);
const own = "arn:aws:iam::111111111111:user/me";
const allow = (statement: Partial<Statement>): Statement => ({ Effect: "Allow", ...statement });
const deny = (statement: Partial<Statement>): Statement => ({ Effect: "Deny", ...statement });

const cases: [string, Statement[], string, string, Verdict][] = [
  ["silence", [], "iam:GetUser", own, "not allowed"],
  ["everything", [allow({ Action: "*", Resource: "*" })], "iam:GetUser", own, "allowed"],
  [
    "an action without case",
    [allow({ Action: "IAM:getuser", Resource: "*" })],
    "iam:GetUser",
    own,
    "allowed",
  ],
  [
    "a pattern of actions",
    [allow({ Action: ["iam:List*"], Resource: "*" })],
    "iam:GetUser",
    own,
    "not allowed",
  ],
  ["one letter", [allow({ Action: "iam:?etUser", Resource: "*" })], "iam:GetUser", own, "allowed"],
  [
    "all actions but",
    [allow({ NotAction: "iam:*", Resource: "*" })],
    "iam:GetUser",
    own,
    "not allowed",
  ],
  [
    "all others",
    [allow({ NotAction: "iam:*", Resource: "*" })],
    "ec2:RunInstances",
    own,
    "allowed",
  ],
  [
    "the own user",
    [allow({ Action: "*", Resource: `arn:aws:iam::*:user/\${aws:username}` })],
    "iam:GetUser",
    own,
    "allowed",
  ],
  [
    "another's",
    [allow({ Action: "*", Resource: `arn:aws:iam::*:user/\${aws:username}` })],
    "iam:GetUser",
    `${own}2`,
    "not allowed",
  ],
  [
    "in a path",
    [allow({ Action: "*", Resource: `arn:aws:iam::*:user/\${aws:username}` })],
    "iam:GetUser",
    "arn:aws:iam::111111111111:user/team/me",
    "not allowed",
  ],
  [
    "in any path",
    [allow({ Action: "*", Resource: `arn:aws:iam::*:user/*/\${aws:username}` })],
    "iam:GetUser",
    "arn:aws:iam::111111111111:user/team/me",
    "allowed",
  ],
  [
    "a variable without a value",
    [allow({ Action: "*", Resource: `arn:aws:iam::*:user/\${aws:userid}` })],
    "iam:GetUser",
    own,
    "not allowed",
  ],
  [
    "resources have case",
    [allow({ Action: "*", Resource: own.toUpperCase() })],
    "iam:GetUser",
    own,
    "not allowed",
  ],
  [
    "all resources but",
    [allow({ Action: "*", NotResource: own })],
    "iam:GetUser",
    own,
    "not allowed",
  ],
  [
    "dots are dots",
    [allow({ Action: "*", Resource: "arn.aws.iam::111111111111:user/me" })],
    "iam:GetUser",
    own,
    "not allowed",
  ],
  [
    "a Deny wins",
    [allow({ Action: "*", Resource: "*" }), deny({ Action: "iam:*", Resource: "*" })],
    "iam:GetUser",
    own,
    "denied",
  ],
  [
    "a Deny of something else",
    [allow({ Action: "*", Resource: "*" }), deny({ NotAction: "iam:GetUser", Resource: "*" })],
    "iam:GetUser",
    own,
    "allowed",
  ],
  [
    "a Deny whose condition fails",
    [
      allow({ Action: "*", Resource: "*" }),
      deny({ Action: "*", Resource: "*", Condition: { Bool: { x: "true" } } }),
    ],
    "iam:GetUser",
    own,
    "allowed",
  ],
];

test.each(cases)("%s", (_name, statements, action, resource, verdict) => {
  expect(evaluate([{ Statement: statements }], { action, resource, context: me })).toBe(verdict);
});

const requester = {
  accountId: "111111111111",
  partition: "aws",
  arns: ["arn:aws:sts::111111111111:assumed-role/Hub/me", "arn:aws:iam::111111111111:role/Hub"],
};

test.each<[string, Statement["Principal"], Verdict, boolean]>([
  ["its account's root", { AWS: "arn:aws:iam::111111111111:root" }, "allowed", false],
  ["its account's number", { AWS: "111111111111" }, "allowed", false],
  ["everybody", "*", "allowed", false],
  ["everybody's AWS", { AWS: "*" }, "allowed", false],
  ["its role", { AWS: "arn:aws:iam::111111111111:role/Hub" }, "allowed", true],
  [
    "its very session",
    { AWS: ["x", "arn:aws:sts::111111111111:assumed-role/Hub/me"] },
    "allowed",
    true,
  ],
  ["another account", { AWS: "arn:aws:iam::222222222222:root" }, "not allowed", false],
  ["another partition", { AWS: "arn:aws-cn:iam::111111111111:root" }, "not allowed", false],
  ["a service", { Service: "ec2.amazonaws.com" }, "not allowed", false],
  ["no principal", undefined, "not allowed", false],
])("a trust policy that names %s", (_name, principal, verdict, byName) => {
  const statement = allow({ Action: "sts:AssumeRole", ...(principal && { Principal: principal }) });
  const ask = { action: "sts:AssumeRole", resource: "arn:aws:iam::1:role/X", context: me };
  expect(evaluateTrust({ Statement: statement }, requester, ask)).toEqual({ verdict, byName });
});

test.each([
  ["no JSON", "{", "This policy contains invalid Json"],
  ["no object", "[]", "Syntax errors in policy."],
  ["no statement", '{"Version":"2012-10-17"}', "Syntax errors in policy."],
  [
    "an effect of its own",
    '{"Statement":{"Effect":"Maybe","Action":"*","Resource":"*"}}',
    "Invalid effect.",
  ],
  [
    "no action",
    '{"Statement":{"Effect":"Allow","Resource":"*"}}',
    "Policy statement must contain actions.",
  ],
  [
    "no resource",
    '{"Statement":{"Effect":"Allow","Action":"*"}}',
    "Policy statement must contain resources.",
  ],
  [
    "an unknown member",
    '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","X":1}}',
    "Syntax errors in policy: X",
  ],
  [
    "an unknown operator",
    '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Sounds":{"a":"b"}}}}',
    "Invalid Condition type : Sounds.",
  ],
])("a policy with %s is refused", (_name, text, message) => {
  expect(() => parsePolicy(text)).toThrow(message);
});
