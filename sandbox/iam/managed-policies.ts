// Managed policies of the account itself: they are made, read in their only version, and deleted once no user, group
// or role has them. A policy may have 6,144 characters, white space not counted.

import type { Action, ActionRequest } from "../action.ts";
import type { Account } from "../cloud/account.ts";
import { findManaged } from "../policy/managed.ts";
import {
  deleteConflict,
  entityAlreadyExists,
  limitExceeded,
  noSuchEntity,
  validationError,
} from "../wire/service-error.ts";
import { permit } from "./own-user.ts";
import { givenDocument, policyArnShape, sizeOf, wireDocument } from "./policies.ts";

const charactersPerPolicy = 6_144;
const arnShape = { ...policyArnShape, required: true };

export const createPolicy: Action = {
  input: {
    PolicyName: { required: true, min: 1, max: 128, pattern: /[\w+=,.@-]+/ },
    PolicyDocument: { required: true, min: 1, max: 131_072 },
    Description: { max: 1000 },
  },
  run(request) {
    const { caller, now, parameters } = request;
    const { account } = caller;
    const name = parameters.get("PolicyName") ?? "";
    const arn = account.arn(`policy/${name}`);
    permit(request, "CreatePolicy", arn, `policy ${name}`);
    if (namesOf(account).includes(name.toLowerCase())) {
      throw entityAlreadyExists(
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
      );
    }
    const document = givenDocument(request);
    if (sizeOf(document) > charactersPerPolicy) {
      throw limitExceeded(`Cannot exceed quota for PolicySize: ${charactersPerPolicy}`);
    }
    account.managed.set(name, document);
    account.managedSince.set(name, now);
    return {
      Policy: {
        PolicyName: name,
        Arn: arn,
        Path: "/",
        DefaultVersionId: "v1",
        AttachmentCount: 0,
        IsAttachable: true,
        CreateDate: now,
      },
    };
  },
};

export const getPolicyVersion: Action = {
  input: { PolicyArn: arnShape, VersionId: { required: true, pattern: /v[1-9]\d*/ } },
  run(request) {
    const { arn, name, document } = permittedPolicy(request, "GetPolicyVersion");
    const version = request.parameters.get("VersionId");
    if (version !== "v1") {
      throw noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);
    }
    return {
      PolicyVersion: {
        Document: wireDocument(document),
        VersionId: "v1",
        IsDefaultVersion: true,
        CreateDate: policyDate(request.caller.account, name),
      },
    };
  },
};

export const deletePolicy: Action = {
  input: { PolicyArn: arnShape },
  run(request) {
    const { arn, name } = permittedPolicy(request, "DeletePolicy");
    const { account } = request.caller;
    const owners = [account.users, account.groups, account.roles].flatMap((all) => [
      ...all.values(),
    ]);
    if (owners.some(({ attached }) => attached.includes(arn))) {
      throw deleteConflict("Cannot delete a policy attached to entities.");
    }
    account.managed.delete(name);
    account.managedSince.delete(name);
    return undefined;
  },
};

function permittedPolicy(request: ActionRequest, action: string) {
  const { account } = request.caller;
  const arn = request.parameters.get("PolicyArn") ?? "";
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\//.test(arn)) {
    throw validationError(`ARN ${arn} is not valid.`);
  }
  const name = arn.split("/").at(-1) ?? "";
  permit(request, action, arn, `policy ${arn}`);
  const document = findManaged(account, arn);
  if (document === undefined) {
    throw noSuchEntity(`Policy ${arn} was not found.`);
  }
  return { arn, name, document };
}

/** One that no call made is as old as AWS's own. */
export function policyDate({ managedSince }: Account, name: string): Date {
  return managedSince.get(name) ?? new Date("2015-02-06T18:40:58Z");
}

/** Names differ not by case. */
function namesOf({ managed }: Account): readonly string[] {
  return [...managed.keys()].map((name) => name.toLowerCase());
}
