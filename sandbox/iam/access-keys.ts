// A user's access keys: two at most, inactive ones counted, the secret returned once.

import type { Action, ActionRequest } from "../action.ts";
import type { AccessKey, User } from "../cloud/entities.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { limitExceeded, noSuchEntity } from "../wire/service-error.ts";
import type { MemberShape } from "../wire/shapes.ts";
import { permit, permittedUser, userNameShape } from "./own-user.ts";

const keysPerUser = 2;
const keyIdShape: MemberShape = { required: true, min: 16, max: 128, pattern: /[\w]+/ };

export const createAccessKey: Action = {
  input: { UserName: userNameShape },
  run(request) {
    const user = ownerOf(request, "CreateAccessKey");
    const { account } = request.caller;
    if (account.keysOf(user.name).length >= keysPerUser) {
      throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${keysPerUser}`);
    }
    const key = account.addKey(user.name, false);
    return { AccessKey: { ...fields(key), SecretAccessKey: key.secret } };
  },
};

export const listAccessKeys: Action = {
  input: { UserName: userNameShape, ...pageShape },
  run(request) {
    const user = ownerOf(request, "ListAccessKeys");
    const { now, settings, parameters, caller } = request;
    const isListed = (key: AccessKey): boolean =>
      key.isSeeded ||
      now.getTime() - key.createdAt.getTime() >= settings.newKeyListedAfterSeconds * 1000;
    const keys = caller.account.keysOf(user.name).filter(isListed).map(fields);
    const { items, end } = pageOf(keys, parameters, settings.pageSize);
    return { AccessKeyMetadata: items, ...end };
  },
};

export const updateAccessKey: Action = {
  input: {
    UserName: userNameShape,
    AccessKeyId: keyIdShape,
    Status: { required: true, oneOf: ["Active", "Inactive"] },
  },
  run(request) {
    const key = ownKey(request, ownerOf(request, "UpdateAccessKey"));
    const isActive = request.parameters.get("Status") === "Active";
    if (isActive !== (key.status === "Active")) key.statusChangedAt = request.now;
    key.deactivatedAt = isActive ? undefined : (key.deactivatedAt ?? request.now);
    key.status = isActive ? "Active" : "Inactive";
    return undefined;
  },
};

export const deleteAccessKey: Action = {
  input: { UserName: userNameShape, AccessKeyId: keyIdShape },
  run(request) {
    const key = ownKey(request, ownerOf(request, "DeleteAccessKey"));
    key.deletedAt = request.now;
    return undefined;
  },
};

export const getAccessKeyLastUsed: Action = {
  input: { AccessKeyId: keyIdShape },
  run(request) {
    const { cloud, caller, parameters } = request;
    const id = parameters.get("AccessKeyId") ?? "";
    const key = cloud.keys.get(id);
    const isHere = key && !key.deletedAt && key.accountId === caller.account.id;
    const owner = isHere && key.userName ? caller.account.users.get(key.userName) : undefined;
    const resource = owner?.arn ?? caller.account.arn("user/*");
    permit(request, "GetAccessKeyLastUsed", resource, `access key ${id}`);
    if (!isHere) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
    return {
      UserName: key.userName,
      AccessKeyLastUsed: {
        LastUsedDate: key.lastUsed?.at,
        ServiceName: key.lastUsed?.service ?? "N/A",
        Region: key.lastUsed?.region ?? "N/A",
      },
    };
  },
};

function ownerOf(request: ActionRequest, action: string): User {
  return permittedUser(request, action, { longTermOnly: true });
}

function ownKey({ cloud, caller, parameters }: ActionRequest, user: User): AccessKey {
  const id = parameters.get("AccessKeyId") ?? "";
  const key = cloud.keys.get(id);
  if (!key || key.deletedAt || key.accountId !== caller.account.id || key.userName !== user.name) {
    throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  }
  return key;
}

function fields(key: AccessKey) {
  return {
    UserName: key.userName,
    AccessKeyId: key.id,
    Status: key.status,
    CreateDate: key.createdAt,
  };
}
