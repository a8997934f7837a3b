// The record of a user that is off-boarded: what the user had, so that `restore` can bring it back. Made from what AWS
// answered before the first step. It has public keys and certificates, and no secret.

import type { InlinePolicy, UserInventory } from "./account-facts.ts";
import { cutPolicyName } from "./offboarding.ts";

export interface UserRecord {
  readonly userName: string;
  readonly userId: string;
  readonly path: string;
  readonly recordedAt: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly boundary: string | undefined;
  readonly groups: readonly string[];
  readonly inlinePolicies: readonly InlinePolicy[];
  readonly attachedPolicies: readonly string[];
  readonly sshKeys: readonly { readonly status: string; readonly body: string }[];
  readonly certificates: readonly { readonly status: string; readonly body: string }[];
  /** For the report: what cannot come back. */
  readonly lost: readonly string[];
}

/** `bodies`: of the SSH keys, by id. */
export function recordOf(
  inventory: UserInventory,
  bodies: ReadonlyMap<string, string>,
  now: Date,
): UserRecord {
  const { user } = inventory;
  return {
    userName: user.name,
    userId: user.id,
    path: user.path,
    recordedAt: now.toISOString(),
    tags: user.tags,
    boundary: user.boundary,
    groups: inventory.groups,
    inlinePolicies: inventory.inlinePolicies.filter(({ name }) => name !== cutPolicyName),
    attachedPolicies: inventory.attachedPolicies,
    sshKeys: inventory.sshKeys.flatMap(({ id, status }) => {
      const body = bodies.get(id);
      return body === undefined ? [] : [{ status, body }];
    }),
    certificates: inventory.certificates.map(({ status, body }) => ({ status, body })),
    lost: lostThings(inventory),
  };
}

/** AWS keeps no password: a cut destroys it too. */
export const lostPassword = "the console password";

/** What a deletion destroys for good, one line each. */
export function lostThings(inventory: UserInventory): readonly string[] {
  const { user, keys, devices, serviceCredentials, loginProfile } = inventory;
  return [
    `the user id ${user.id}, and with it every trust or resource policy that names the user`,
    ...keys.map(({ id }) => `access key ${id}`),
    ...(loginProfile === undefined ? [] : [lostPassword]),
    ...devices.map(({ serial }) => `MFA device ${serial}`),
    ...serviceCredentials.map(({ service, id }) => `${service} credential ${id}`),
  ];
}

export function encodeRecord(record: UserRecord): string {
  return `${JSON.stringify({ version: 1, ...record }, undefined, 1)}\n`;
}

/** undefined for text that is not a record of this version. */
export function decodeRecord(text: string | undefined): UserRecord | undefined {
  const value = Object(parse(text));
  const isWhole =
    value.version === 1 &&
    [value.userName, value.userId, value.path, value.recordedAt].every(isText) &&
    [value.groups, value.attachedPolicies, value.lost].every((each) => isListOf(each, isText)) &&
    [value.sshKeys, value.certificates].every((each) =>
      isListOf(each, (one) => isText(Object(one).status) && isText(Object(one).body)),
    ) &&
    isListOf(
      value.inlinePolicies,
      (each) => isText(Object(each).name) && isText(Object(each).document),
    );
  if (!isWhole) return undefined;
  const { version, tags, boundary, ...rest } = value;
  const entries = Object.entries(Object(tags)).filter(([, each]) => isText(each));
  return {
    ...rest,
    tags: Object.fromEntries(entries),
    boundary: isText(boundary) ? boundary : undefined,
  } as UserRecord;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isListOf(value: unknown, is: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}
