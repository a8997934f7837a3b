// AWS's managed policies, as far as the fixtures and session policies use them, and an account's
// own. Another well-formed name of AWS's stands for a policy that allows nothing here.

import type { Account } from "../cloud/account.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { validationError } from "../wire/service-error.ts";
import type { PolicyDocument } from "./document.ts";

const read = ["*:Get*", "*:List*", "*:Describe*", "sts:GetCallerIdentity"];

const ofAws: Readonly<Record<string, PolicyDocument>> = {
  AdministratorAccess: allow(["*"]),
  ReadOnlyAccess: allow(read),
  ViewOnlyAccess: allow(["*:List*", "*:Describe*"]),
  SecurityAudit: allow(["*:List*", "*:Describe*", "iam:Get*"]),
  IAMReadOnlyAccess: allow([
    "iam:GenerateCredentialReport",
    "iam:GenerateServiceLastAccessedDetails",
    "iam:Get*",
    "iam:List*",
    "iam:SimulateCustomPolicy",
    "iam:SimulatePrincipalPolicy",
  ]),
  IAMFullAccess: allow(["iam:*"]),
  IAMUserChangePassword: allow(["iam:ChangePassword", "iam:GetAccountPasswordPolicy"]),
  AmazonS3FullAccess: allow(["s3:*"]),
  AWSDenyAll: {
    Version: "2012-10-17",
    Statement: [{ Sid: "DenyAll", Effect: "Deny", Action: ["*"], Resource: "*" }],
  },
  PowerUserAccess: {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
      {
        Effect: "Allow",
        Action: [
          "iam:CreateServiceLinkedRole",
          "iam:DeleteServiceLinkedRole",
          "iam:ListRoles",
          "organizations:DescribeOrganization",
          "account:ListRegions",
          "account:GetAccountInformation",
        ],
        Resource: "*",
      },
    ],
  },
};

/** A policy that can be attached in this account; undefined where there is none of this ARN. */
export function findManaged(account: Account, arn: string): PolicyDocument | undefined {
  const [, partition, owner, name = ""] =
    /^arn:([\w-]+):iam::(aws|\d{12}):policy\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (partition !== account.partition) return undefined;
  if (owner === "aws") return Object.hasOwn(ofAws, name) ? ofAws[name] : undefined;
  return owner === account.id ? account.managed.get(name) : undefined;
}

export function policyOfAws(name: string): PolicyDocument {
  return ofAws[name] ?? { Version: "2012-10-17", Statement: [] };
}

/** A policy by ARN, for use in `accountId`. Throws ValidationError where that can't be. */
export function managedPolicy(arn: string, cloud: Cloud, accountId: string): PolicyDocument {
  const match = /^arn:([\w-]+):iam::(aws|\d{12}):policy\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)$/.exec(
    arn,
  );
  const [, partition, owner, name = ""] = match ?? [];
  if (!match || partition !== cloud.partition) throw validationError(`${arn} is invalid`);
  if (owner === "aws") return policyOfAws(name);
  const own = owner === accountId ? cloud.account(accountId).managed.get(name) : undefined;
  if (!own) throw validationError(`The specified policy ${arn} does not exist in the account.`);
  return own;
}

function allow(actions: readonly string[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
  };
}
