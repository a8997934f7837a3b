// Gets, lists, creates and deletes users. A user with credentials, devices, groups or policies can't be deleted.

import type { Action } from "../action.ts";
import type { Account } from "../cloud/account.ts";
import type { User } from "../cloud/entities.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { deleteConflict, entityAlreadyExists, limitExceeded } from "../wire/service-error.ts";
import { pathShape } from "./mfa-shapes.ts";
import { permit, permittedUser, userNameShape } from "./own-user.ts";
import { policyArnShape, requireManaged } from "./policies.ts";
import { givenTags, tagFields, tagsShape } from "./tags.ts";

const usersPerAccount = 5_000;

export const getUser: Action = {
  input: { UserName: userNameShape },
  run(request) {
    const user = permittedUser(request, "GetUser");
    const tags = user.tags.length > 0 ? tagFields(user.tags) : undefined;
    return { User: { ...userFields(user), PermissionsBoundary: boundaryFields(user), Tags: tags } };
  },
};

export const listUsers: Action = {
  input: { PathPrefix: { min: 1, max: 512 }, ...pageShape },
  run(request) {
    const { caller, parameters, settings } = request;
    const prefix = parameters.get("PathPrefix") ?? "/";
    permit(request, "ListUsers", caller.account.arn(`user${prefix}`));
    const users = [...caller.account.users.values()]
      .filter(({ path, name }) => `${path}${name}`.startsWith(prefix))
      .map(userFields);
    const { items, end } = pageOf(users, parameters, settings.pageSize);
    return { Users: items, ...end };
  },
};

export const createUser: Action = {
  input: {
    UserName: { ...userNameShape, max: 64, required: true },
    Path: pathShape,
    PermissionsBoundary: policyArnShape,
    Tags: tagsShape,
  },
  run(request) {
    const { caller, parameters } = request;
    const name = parameters.get("UserName") ?? "";
    const path = parameters.get("Path") ?? "/";
    permit(request, "CreateUser", caller.account.arn(`user${path}${name}`));
    if (caller.account.findUser(name)) {
      throw entityAlreadyExists(`User with name ${name} already exists.`);
    }
    const tags = givenTags(request);
    const boundary = parameters.get("PermissionsBoundary");
    if (boundary !== undefined) requireManaged(caller.account, boundary);
    if (caller.account.users.size >= usersPerAccount) {
      throw limitExceeded(`Cannot exceed quota for UsersPerAccount: ${usersPerAccount}`);
    }
    const user = caller.account.addUser(name, { path, boundary, isSeeded: false });
    user.tags = tags;
    return { User: { ...userFields(user), PermissionsBoundary: boundaryFields(user) } };
  },
};

export const deleteUser: Action = {
  input: { UserName: { ...userNameShape, required: true } },
  run(request) {
    const user = permittedUser(request, "DeleteUser");
    const { account } = request.caller;
    const first = whatHangsOn(user, account);
    if (first) throw deleteConflict(`Cannot delete entity, must ${first} first.`);
    account.users.delete(user.name);
    return undefined;
  },
};

export function userFields(user: User) {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: user.createdAt,
    PasswordLastUsed: user.passwordLastUsed,
  };
}

export function boundaryFields({ boundary }: User) {
  if (boundary === undefined) return undefined;
  return { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: boundary };
}

/** Tags and a permissions boundary do not block a deletion. */
function whatHangsOn(user: User, account: Account): string | undefined {
  if (user.password !== undefined) return "delete login profile";
  if (account.keysOf(user.name).length > 0) return "delete access keys";
  if (user.certificates.length > 0) return "delete signing certificates";
  if (user.sshKeys.length > 0) return "delete SSH public keys";
  if (user.serviceCredentials.length > 0) return "delete service specific credentials";
  if (account.devicesOf(user.name).length > 0) return "delete MFA device";
  if (user.policies.length > 0) return "delete policies";
  if (user.attached.length > 0) return "detach all policies";
  return user.groups.length > 0 ? "remove users from group" : undefined;
}
