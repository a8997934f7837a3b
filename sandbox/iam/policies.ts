// Inline, managed and boundary policies of users and roles, and the quotas: a user's inline policies share 2,048
// characters, a role's 10,240, white space not counted; ten managed policies can be attached.

import type { Action, ActionRequest } from "../action.ts";
import type { Account } from "../cloud/account.ts";
import type { NamedPolicy, Role, User } from "../cloud/entities.ts";
import { type PolicyDocument, parsePolicy } from "../policy/document.ts";
import { findManaged } from "../policy/managed.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import {
  limitExceeded,
  noSuchEntity,
  ServiceError,
  validationError,
} from "../wire/service-error.ts";
import type { MemberShape } from "../wire/shapes.ts";
import { permit, permittedUser, userNameShape } from "./own-user.ts";

const charactersPerUser = 2_048;
const charactersPerRole = 10_240;
const attachedPerEntity = 10;

export const policyArnShape: MemberShape = { min: 20, max: 2048 };
const policyNameShape: MemberShape = { required: true, min: 1, max: 128, pattern: /[\w+=,.@-]+/ };
const documentShape: MemberShape = { required: true, min: 1, max: 131_072 };
const roleNameShape: MemberShape = { required: true, min: 1, max: 64, pattern: /[\w+=,.@-]+/ };
const named = { ...userNameShape, required: true };

/** Throws NoSuchEntity for a policy that is not there. */
export function requireManaged(account: Account, arn: string): void {
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\//.test(arn)) {
    throw validationError(`ARN ${arn} is not valid.`);
  }
  if (findManaged(account, arn) === undefined) {
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  }
}

interface Owner {
  readonly label: string;
  readonly entity: User | Role;
  readonly characters: number;
}

type FindOwner = (request: ActionRequest, action: string) => Owner;

const ownerUser: FindOwner = (request, action) => {
  const entity = permittedUser(request, action);
  return { entity, label: `user ${entity.name}`, characters: charactersPerUser };
};

const ownerRole: FindOwner = (request, action) => {
  const entity = permittedRole(request, action);
  return { entity, label: `role ${entity.name}`, characters: charactersPerRole };
};

export function permittedRole(request: ActionRequest, action: string): Role {
  const { caller, parameters } = request;
  const name = parameters.get("RoleName") ?? "";
  const role = findRole(caller.account, name);
  permit(request, action, role?.arn ?? caller.account.arn(`role/${name}`), `role ${name}`);
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

function findRole(account: Account, name: string): Role | undefined {
  const wanted = name.toLowerCase();
  return [...account.roles.values()].find((role) => role.name.toLowerCase() === wanted);
}

function inlineActions(kind: "User" | "Role", nameShape: MemberShape, find: FindOwner) {
  const name = { [`${kind}Name`]: nameShape };
  const put: Action = {
    input: { ...name, PolicyName: policyNameShape, PolicyDocument: documentShape },
    run(request) {
      const { entity, label, characters } = find(request, `Put${kind}Policy`);
      const policyName = request.parameters.get("PolicyName") ?? "";
      const document = givenDocument(request);
      const others = entity.policies.filter((policy) => policy.name !== policyName);
      const size = [...others, { name: policyName, document }].reduce(
        (sum, policy) => sum + sizeOf(policy.document),
        0,
      );
      if (size > characters) {
        throw limitExceeded(`Maximum policy size of ${characters} bytes exceeded for ${label}`);
      }
      entity.policies = [...others, { name: policyName, document }];
      return undefined;
    },
  };
  const get: Action = {
    input: { ...name, PolicyName: policyNameShape },
    run(request) {
      const { entity, label } = find(request, `Get${kind}Policy`);
      const policy = ownPolicy(entity, label, request);
      return {
        [`${kind}Name`]: entity.name,
        PolicyName: policy.name,
        PolicyDocument: wireDocument(policy.document),
      };
    },
  };
  const remove: Action = {
    input: { ...name, PolicyName: policyNameShape },
    run(request) {
      const { entity, label } = find(request, `Delete${kind}Policy`);
      const policy = ownPolicy(entity, label, request);
      entity.policies = entity.policies.filter((other) => other !== policy);
      return undefined;
    },
  };
  const list: Action = {
    input: { ...name, ...pageShape },
    run(request) {
      const { entity } = find(request, `List${kind}Policies`);
      const names = entity.policies.map((policy) => policy.name).sort();
      const { items, end } = pageOf(names, request.parameters, request.settings.pageSize);
      return { PolicyNames: items, ...end };
    },
  };
  const listAttached: Action = {
    input: { ...name, PathPrefix: { min: 1, max: 512 }, ...pageShape },
    run(request) {
      const { entity } = find(request, `ListAttached${kind}Policies`);
      const policies = entity.attached.map(attachedFields);
      const { items, end } = pageOf(policies, request.parameters, request.settings.pageSize);
      return { AttachedPolicies: items, ...end };
    },
  };
  return { put, get, remove, list, listAttached };
}

const ofUser = inlineActions("User", named, ownerUser);
const ofRole = inlineActions("Role", roleNameShape, ownerRole);
export const { put: putUserPolicy, get: getUserPolicy, remove: deleteUserPolicy } = ofUser;
export const { list: listUserPolicies, listAttached: listAttachedUserPolicies } = ofUser;
export const { put: putRolePolicy, get: getRolePolicy, remove: deleteRolePolicy } = ofRole;
export const { list: listRolePolicies, listAttached: listAttachedRolePolicies } = ofRole;

export const attachUserPolicy: Action = {
  input: { UserName: named, PolicyArn: { ...policyArnShape, required: true } },
  run(request) {
    const user = permittedUser(request, "AttachUserPolicy");
    const arn = request.parameters.get("PolicyArn") ?? "";
    requireManaged(request.caller.account, arn);
    if (user.attached.includes(arn)) return undefined;
    if (user.attached.length >= attachedPerEntity) {
      throw limitExceeded(`Cannot exceed quota for PoliciesPerUser: ${attachedPerEntity}`);
    }
    user.attached.push(arn);
    return undefined;
  },
};

export const detachUserPolicy: Action = {
  input: { UserName: named, PolicyArn: { ...policyArnShape, required: true } },
  run(request) {
    const user = permittedUser(request, "DetachUserPolicy");
    const arn = request.parameters.get("PolicyArn") ?? "";
    if (!user.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    user.attached = user.attached.filter((other) => other !== arn);
    return undefined;
  },
};

export const putUserPermissionsBoundary: Action = {
  input: { UserName: named, PermissionsBoundary: { ...policyArnShape, required: true } },
  run(request) {
    const user = permittedUser(request, "PutUserPermissionsBoundary");
    const arn = request.parameters.get("PermissionsBoundary") ?? "";
    requireManaged(request.caller.account, arn);
    user.boundary = arn;
    return undefined;
  },
};

export const deleteUserPermissionsBoundary: Action = {
  input: { UserName: named },
  run(request) {
    const user = permittedUser(request, "DeleteUserPermissionsBoundary");
    if (user.boundary === undefined) {
      throw noSuchEntity(`User ${user.name} does not have a permissions boundary.`);
    }
    user.boundary = undefined;
    return undefined;
  },
};

export const listRoles: Action = {
  input: { PathPrefix: { min: 1, max: 512 }, ...pageShape },
  run(request) {
    const { caller, parameters, settings } = request;
    const prefix = parameters.get("PathPrefix") ?? "/";
    permit(request, "ListRoles", caller.account.arn(`role${prefix}`));
    const roles = [...caller.account.roles.values()]
      .filter(({ path }) => path.startsWith(prefix))
      .map(roleFields);
    const { items, end } = pageOf(roles, parameters, settings.pageSize);
    return { Roles: items, ...end };
  },
};

export const getRole: Action = {
  input: { RoleName: roleNameShape },
  run(request) {
    return { Role: roleFields(permittedRole(request, "GetRole")) };
  },
};

export function roleFields(role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: wireDocument(role.trust),
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

export function attachedFields(arn: string) {
  return { PolicyName: arn.split("/").at(-1) ?? "", PolicyArn: arn };
}

/** Policies are sent URL-encoded. */
export function wireDocument(document: PolicyDocument): string {
  return encodeURIComponent(JSON.stringify(document));
}

export function givenDocument({ parameters }: ActionRequest): PolicyDocument {
  try {
    return parsePolicy(parameters.get("PolicyDocument") ?? "");
  } catch (error) {
    throw new ServiceError(400, "MalformedPolicyDocument", (error as Error).message);
  }
}

export function sizeOf(document: PolicyDocument): number {
  return JSON.stringify(document).replace(/\s/g, "").length;
}

function ownPolicy(entity: User | Role, label: string, { parameters }: ActionRequest): NamedPolicy {
  const name = parameters.get("PolicyName") ?? "";
  const policy = entity.policies.find((each) => each.name === name);
  if (!policy) {
    throw noSuchEntity(`The ${label.split(" ")[0]} policy with name ${name} cannot be found.`);
  }
  return policy;
}
