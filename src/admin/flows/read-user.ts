// Reads everything that hangs on one user. Every list is read whole: one that fails is an error, never "nothing".

import { AwstError, isAwstError } from "../../model/errors.ts";
import { nearestName } from "../../model/text/nearest-name.ts";
import {
  type IamUser,
  isSameName,
  type UserDetail,
  type UserInventory,
} from "../model/account-facts.ts";
import type { AdminContext, AdminIam } from "../ports.ts";

/** undefined: AWS has no such user. */
export async function findUser(
  { iam }: Pick<AdminContext, "iam">,
  userName: string,
): Promise<UserInventory | undefined> {
  try {
    return await readInventory(iam, userName);
  } catch (error) {
    if (isAwstError(error, "IAM_ABSENT")) return undefined;
    throw error;
  }
}

/** Errors: IAM_ABSENT with the nearest name, AWS_*. */
export async function requireUser(
  admin: Pick<AdminContext, "iam">,
  userName: string,
): Promise<UserInventory> {
  const found = await findUser(admin, userName);
  if (found !== undefined) return found;
  throw await unknownUser(admin, userName);
}

/** Returns the user with its tags, without keys, groups and policies. Errors: as above. */
export async function requireDetail(
  admin: Pick<AdminContext, "iam">,
  userName: string,
): Promise<UserDetail> {
  try {
    return await admin.iam.getUser(userName);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
    throw await unknownUser(admin, userName);
  }
}

export async function unknownUser(
  { iam }: Pick<AdminContext, "iam">,
  userName: string,
): Promise<AwstError> {
  const { users } = await iam.listUsers().catch(noNames);
  const names = users.map(({ name }) => name);
  const nearest = nearestName(userName, names);
  return new AwstError("IAM_ABSENT", `there is no IAM user ${JSON.stringify(userName)}`, {
    hint: nearest === undefined ? "awst admin user list" : `did you mean ${nearest}?`,
  });
}

/** A hint is worth no error: an administrator may be allowed to read one user and no list. */
function noNames(error: unknown): { readonly users: readonly IamUser[] } {
  if (!isAwstError(error, "AWS_DENIED")) throw error;
  return { users: [] };
}

async function readInventory(iam: AdminIam, userName: string): Promise<UserInventory> {
  const user = await iam.getUser(userName);
  const { name } = user;
  const [
    loginProfile,
    keys,
    devices,
    virtual,
    sshKeys,
    certificates,
    serviceCredentials,
    groups,
    policyNames,
    attachedPolicies,
  ] = await Promise.all([
    iam.findLoginProfile(name),
    iam.listAccessKeys(name),
    iam.listMfaDevices(name),
    iam.listVirtualMfaDevices(),
    iam.listSshKeys(name),
    iam.listCertificates(name),
    iam.listServiceCredentials(name),
    iam.listGroupsOf(name),
    iam.listUserPolicies(name),
    iam.listAttachedPolicies(name),
  ]);
  const inlinePolicies = await Promise.all(
    policyNames.map((policy) => iam.getUserPolicy(name, policy)),
  );
  return {
    user,
    loginProfile,
    keys: keys.keys.map(({ accessKeyId, status, createdAt }) => ({
      id: accessKeyId,
      status,
      createdAt,
    })),
    devices: devices.devices,
    unassignedDevices: virtual.devices
      .filter((each) => each.userName === undefined)
      .map(({ serial }) => serial)
      .filter((serial) => isSameName(serial.split("/").at(-1) ?? "", name)),
    sshKeys,
    certificates,
    serviceCredentials,
    groups,
    inlinePolicies,
    attachedPolicies,
  };
}
