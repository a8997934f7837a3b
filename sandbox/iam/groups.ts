// Groups and their members: a user is in ten groups at most, and a group with members can't be deleted.

import type { Action, ActionRequest } from "../action.ts";
import type { Group } from "../cloud/entities.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import {
  deleteConflict,
  entityAlreadyExists,
  limitExceeded,
  noSuchEntity,
} from "../wire/service-error.ts";
import type { MemberShape } from "../wire/shapes.ts";
import { pathShape } from "./mfa-shapes.ts";
import { permit, permittedUser, userNameShape } from "./own-user.ts";
import { userFields } from "./users.ts";

const groupsPerUser = 10;
const groupsPerAccount = 300;
const groupNameShape: MemberShape = { required: true, min: 1, max: 128, pattern: /[\w+=,.@-]+/ };
const named = { ...userNameShape, required: true };

export const createGroup: Action = {
  input: { GroupName: groupNameShape, Path: pathShape },
  run(request) {
    const { parameters, caller } = request;
    const { account } = caller;
    const name = parameters.get("GroupName") ?? "";
    const path = parameters.get("Path") ?? "/";
    permit(request, "CreateGroup", account.arn(`group${path}${name}`));
    if (account.findGroup(name)) {
      throw entityAlreadyExists(`Group with name ${name} already exists.`);
    }
    if (account.groups.size >= groupsPerAccount) {
      throw limitExceeded(`Cannot exceed quota for GroupsPerAccount: ${groupsPerAccount}`);
    }
    return { Group: groupFields(account.addGroup(name, [], path)) };
  },
};

export const deleteGroup: Action = {
  input: { GroupName: groupNameShape },
  run(request) {
    const group = permittedGroup(request, "DeleteGroup");
    const { account } = request.caller;
    if (account.membersOf(group.name).length > 0) {
      throw deleteConflict("Cannot delete entity, must remove users from group first.");
    }
    if (group.policies.length + group.attached.length > 0) {
      throw deleteConflict("Cannot delete entity, must detach all policies first.");
    }
    account.groups.delete(group.name);
    return undefined;
  },
};

export const getGroup: Action = {
  input: { GroupName: groupNameShape, ...pageShape },
  run(request) {
    const group = permittedGroup(request, "GetGroup");
    const users = request.caller.account.membersOf(group.name).map(userFields);
    const { items, end } = pageOf(users, request.parameters, request.settings.pageSize);
    return { Group: groupFields(group), Users: items, ...end };
  },
};

export const listGroups: Action = {
  input: { PathPrefix: { min: 1, max: 512 }, ...pageShape },
  run(request) {
    const { caller, parameters, settings } = request;
    const prefix = parameters.get("PathPrefix") ?? "/";
    permit(request, "ListGroups", caller.account.arn(`group${prefix}`));
    const groups = [...caller.account.groups.values()]
      .filter(({ path }) => path.startsWith(prefix))
      .map(groupFields);
    const { items, end } = pageOf(groups, parameters, settings.pageSize);
    return { Groups: items, ...end };
  },
};

export const listGroupsForUser: Action = {
  input: { UserName: named, ...pageShape },
  run(request) {
    const user = permittedUser(request, "ListGroupsForUser");
    const { groups } = request.caller.account;
    const own = user.groups.flatMap((name) => groups.get(name) ?? []).map(groupFields);
    const { items, end } = pageOf(own, request.parameters, request.settings.pageSize);
    return { Groups: items, ...end };
  },
};

export const addUserToGroup: Action = {
  input: { GroupName: groupNameShape, UserName: named },
  run(request) {
    const group = permittedGroup(request, "AddUserToGroup");
    const user = memberOf(request);
    if (user.groups.includes(group.name)) return undefined;
    if (user.groups.length >= groupsPerUser) {
      throw limitExceeded(`Cannot exceed quota for GroupsPerUser: ${groupsPerUser}`);
    }
    user.groups.push(group.name);
    return undefined;
  },
};

export const removeUserFromGroup: Action = {
  input: { GroupName: groupNameShape, UserName: named },
  run(request) {
    const group = permittedGroup(request, "RemoveUserFromGroup");
    const user = memberOf(request);
    if (!user.groups.includes(group.name)) {
      throw noSuchEntity(`User ${user.name} is not in group ${group.name}.`);
    }
    user.groups = user.groups.filter((name) => name !== group.name);
    return undefined;
  },
};

/** The permission is checked on the group alone. */
function memberOf(request: ActionRequest) {
  const name = request.parameters.get("UserName") ?? "";
  const user = request.caller.account.findUser(name);
  const age = user && (request.now.getTime() - user.createdAt.getTime()) / 1000;
  const isHidden = !user?.isSeeded && (age ?? 0) < request.settings.newUserVisibleAfterSeconds;
  if (!user || isHidden) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

function permittedGroup(request: ActionRequest, action: string): Group {
  const { caller, parameters } = request;
  const name = parameters.get("GroupName") ?? "";
  const group = caller.account.findGroup(name);
  permit(request, action, group?.arn ?? caller.account.arn(`group/${name}`), `group ${name}`);
  if (!group) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return group;
}

export function groupFields(group: Group) {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: group.createdAt,
  };
}
