import { expect, test } from "vitest";
import { leastPolicy } from "./needed-actions.ts";

interface PrintedPolicy {
  readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: string }[];
}

/** Resources of the action in the policy of the commands. */
function resourcesOf(action: string, ...names: string[]): readonly string[] {
  const { Statement } = leastPolicy(names, "aws") as PrintedPolicy;
  return Statement.filter(({ Action }) => Action.includes(action)).map(({ Resource }) => Resource);
}

const grants = "arn:aws:iam::*:policy/awst-grant-*";
const records = "arn:aws:iam::*:policy/awst-dormant-*";

test.each([
  ["iam:CreatePolicy", ["grant"], [grants]],
  ["iam:DeletePolicy", ["grant"], [grants]],
  ["iam:GetPolicyVersion", ["grant"], [grants]],
  ["iam:DeletePolicy", ["grants"], [grants]],
  ["iam:DeletePolicy", ["revoke"], [grants]],
  ["iam:CreatePolicy", ["revoke", "grants", "grant"], [grants]],
  ["iam:CreatePolicy", ["user offboard"], []],
  ["iam:CreatePolicy", ["dormant report"], []],
])(
  "a policy for granting roles allows no record of a deletion: %s for %j",
  (action, names, expected) => {
    expect(resourcesOf(action, ...names)).toEqual(expected);
  },
);

test.each([
  ["iam:CreatePolicy", ["dormant enforce"], [records]],
  ["iam:DeletePolicy", ["dormant enforce"], [records]],
  ["iam:GetPolicyVersion", ["dormant enforce"], [records]],
  ["iam:CreatePolicy", ["dormant enforce", "grant"], [records, grants]],
  ["iam:GetUser", ["dormant enforce", "grant", "user show"], ["arn:aws:iam::*:user/*"]],
  ["iam:ListUsers", ["dormant enforce", "report"], ["*"]],
])(
  "%s for %j: one resource for each kind of policy, and each action once",
  (action, names, expected) => {
    expect(resourcesOf(action, ...names)).toEqual(expected);
    const { Statement } = leastPolicy(names, "aws") as PrintedPolicy;
    for (const { Action } of Statement) expect([...new Set(Action)].sort()).toEqual(Action);
  },
);
