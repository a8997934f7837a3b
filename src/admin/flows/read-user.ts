// Reads everything that belongs to one user. Every list is read whole: one that fails is an error, never "nothing".

import { AwstError, isAwstError } from "../../model/errors.ts";
import { nearestName } from "../../model/text/nearest-name.ts";
import {
  type IamUser,
  isSameName,
  type UserDetail,
  type UserInventory,
} from "../model/account-facts.ts";
import { decodeRecord, type UserRecord } from "../model/user-record.ts";
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

/** Where a deleted user may be known: AWS, and the records on this machine. */
type KnownUsers = Pick<AdminContext, "iam" | "records" | "accountId" | "debug">;

/** Errors: IAM_ABSENT with the nearest name, AWS_*. */
export async function requireUser(admin: KnownUsers, userName: string): Promise<UserInventory> {
  const found = await findUser(admin, userName);
  if (found !== undefined) return found;
  throw await unknownUser(admin, userName);
}

/** Returns the user with its tags, without keys, groups and policies. Errors: as above. */
export async function requireDetail(admin: KnownUsers, userName: string): Promise<UserDetail> {
  try {
    return await admin.iam.getUser(userName);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
    throw await unknownUser(admin, userName);
  }
}

export async function unknownUser(admin: KnownUsers, userName: string): Promise<AwstError> {
  return new AwstError("IAM_ABSENT", `there is no IAM user ${JSON.stringify(userName)}`, {
    hint: await unknownUserHint(admin, userName),
  });
}

async function unknownUserHint(admin: KnownUsers, userName: string): Promise<string> {
  const record = await findRecord(admin, userName);
  if (record !== undefined) return `off-boarded before: awst admin user restore ${record.userName}`;
  const { users } = await admin.iam.listUsers().catch(noNames);
  const nearest = nearestName(userName, similarNames(userName, users));
  return nearest === undefined ? "awst admin user list" : `did you mean ${nearest}?`;
}

/** Without names that differ in a digit: user12 and user13 are two users, and no typing mistake. */
function similarNames(userName: string, users: readonly IamUser[]): readonly string[] {
  const digitsOf = (text: string) => text.replaceAll(/\D/g, "");
  const names = users.map(({ name }) => name);
  return names.filter((name) => digitsOf(name) === digitsOf(userName));
}

/** Returns the record of an off-boarded user; undefined also for one that can't be used. */
export async function findRecord(
  { records, accountId, debug }: Pick<AdminContext, "records" | "accountId" | "debug">,
  userName: string,
): Promise<UserRecord | undefined> {
  try {
    const record = decodeRecord(await records.read(accountId, userName));
    return record !== undefined && isSameName(record.userName, userName) ? record : undefined;
  } catch (error) {
    if (!isAwstError(error, "ADMIN_REFUSED")) throw error;
    debug(error.message);
    return undefined;
  }
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
