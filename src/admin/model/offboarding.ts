// How a user is off-boarded: the steps, from what AWS says now and never from memory. The cut comes first: a deny of
// everything, then credentials switched off, then the password. Deletion follows; the deny is removed last, and the MFA
// devices after password and keys, so that no state has access without what guarded it.

import type { InlinePolicy, PolicyOwner, UserInventory } from "./account-facts.ts";
import { dayOfTime, dayProblem, laterDay } from "./days.ts";

/** An inline policy of the user: while it is there, nothing that the user signs is allowed. */
export const cutPolicyName = "awst-cut";

/**
 * Returns the deny of everything. `deleteAfter`, the day from which the user may be deleted, is the id of its statement:
 * many may set tags, but a user who may put policies on users is an administrator.
 */
export function cutPolicy(deleteAfter: string | undefined): InlinePolicy {
  const Sid = deleteAfter && `DeleteFrom${deleteAfter.replaceAll("-", "")}`;
  const Statement = { Sid, Effect: "Deny", Action: "*", Resource: "*" };
  return { name: cutPolicyName, document: JSON.stringify({ Version: "2012-10-17", Statement }) };
}

const cutDocument =
  /^\{"Version":"2012-10-17","Statement":\{(?:"Sid":"DeleteFrom(\d{4})(\d\d)(\d\d)",)?"Effect":"Deny","Action":"\*","Resource":"\*"\}\}$/;

/** Tags of a user that is cut. Their values are what `restore` needs before the deletion. */
export const cutTags = {
  /** The day of the cut. */
  at: "awst:cut",
  /** Ids of the access keys that were active, separated by spaces. */
  keys: "awst:cut-keys",
  /** The same for SSH keys and certificates. */
  ssh: "awst:cut-ssh",
  /** The same for service-specific credentials. */
  services: "awst:cut-services",
  /** The day from which any run may delete the user. */
  deleteAfter: "awst:delete-after",
} as const;

export type OffboardStep =
  | { readonly do: "deny"; readonly deleteAfter: string | undefined }
  | { readonly do: "tag"; readonly tags: Readonly<Record<string, string>> }
  | { readonly do: "deactivate key" | "delete key"; readonly id: string }
  | { readonly do: "deactivate SSH key" | "delete SSH key"; readonly id: string }
  | { readonly do: "deactivate certificate" | "delete certificate"; readonly id: string }
  | {
      readonly do: "deactivate service credential" | "delete service credential";
      readonly id: string;
      readonly service: string;
    }
  | { readonly do: "delete password" }
  | { readonly do: "deactivate device" | "delete device"; readonly serial: string }
  | { readonly do: "leave group"; readonly group: string }
  | { readonly do: "detach policy"; readonly arn: string }
  | { readonly do: "delete policy"; readonly name: string }
  | { readonly do: "delete user" };

/** The steps that cut the user off; [] once the user is cut off. `day`: AWS's date, `2026-11-27`. */
export function cutSteps(
  inventory: UserInventory,
  when: { readonly day: string; readonly deleteAfter: string | undefined },
): readonly OffboardStep[] {
  const { user, keys, sshKeys, certificates, serviceCredentials, loginProfile } = inventory;
  const active = <T extends { readonly status: string }>(all: readonly T[]) =>
    all.filter(({ status }) => status !== "Inactive" && status !== "Expired");
  const steps: OffboardStep[] = [];
  const { deleteAfter } = when;
  if (!hasDeny(inventory) || isOfOtherDay(inventory, deleteAfter)) {
    steps.push({ do: "deny", deleteAfter });
  }
  const tags = isCut(user)
    ? laterTags(user.tags, deleteAfter)
    : {
        [cutTags.at]: when.day,
        [cutTags.keys]: ids(active(keys)),
        [cutTags.ssh]: ids(active([...sshKeys, ...certificates])),
        [cutTags.services]: ids(active(serviceCredentials)),
        ...(deleteAfter !== undefined && { [cutTags.deleteAfter]: deleteAfter }),
      };
  const worth = Object.entries(tags).filter(([, value]) => value !== "");
  if (worth.length > 0) steps.push({ do: "tag", tags: Object.fromEntries(worth) });
  for (const { id } of active(keys)) steps.push({ do: "deactivate key", id });
  for (const { id, service } of active(serviceCredentials)) {
    steps.push({ do: "deactivate service credential", id, service });
  }
  for (const { id } of active(sshKeys)) steps.push({ do: "deactivate SSH key", id });
  for (const { id } of active(certificates)) steps.push({ do: "deactivate certificate", id });
  if (loginProfile !== undefined) steps.push({ do: "delete password" });
  return steps;
}

/**
 * The steps that empty a user who is cut. The deny and the user are not among them: a look at AWS comes between, so
 * that a password made by another administrator meanwhile never meets a user without the deny. The permissions boundary stays on.
 */
export function emptyingSteps(inventory: UserInventory): readonly OffboardStep[] {
  const steps: OffboardStep[] = [];
  for (const { id } of inventory.keys) steps.push({ do: "delete key", id });
  for (const { id, service } of inventory.serviceCredentials) {
    steps.push({ do: "delete service credential", id, service });
  }
  for (const { id } of inventory.certificates) steps.push({ do: "delete certificate", id });
  for (const { id } of inventory.sshKeys) steps.push({ do: "delete SSH key", id });
  for (const { serial } of inventory.devices) {
    steps.push({ do: "deactivate device", serial });
    if (isVirtualDevice(serial)) steps.push({ do: "delete device", serial });
  }
  for (const serial of inventory.unassignedDevices) steps.push({ do: "delete device", serial });
  for (const group of inventory.groups) steps.push({ do: "leave group", group });
  for (const arn of inventory.attachedPolicies) {
    if (!isDenyAll(arn)) steps.push({ do: "detach policy", arn });
  }
  for (const { name } of inventory.inlinePolicies) {
    if (name !== cutPolicyName) steps.push({ do: "delete policy", name });
  }
  return steps;
}

/** The last steps, for a user who is cut and empty. */
export function lastSteps(inventory: UserInventory): readonly OffboardStep[] {
  const steps: OffboardStep[] = [];
  for (const arn of inventory.attachedPolicies.filter(isDenyAll)) {
    steps.push({ do: "detach policy", arn });
  }
  if (inventory.inlinePolicies.some(({ name }) => name === cutPolicyName)) {
    steps.push({ do: "delete policy", name: cutPolicyName });
  }
  return [...steps, { do: "delete user" }];
}

/** Only a virtual device can be deleted; a security key's serial is an ARN too. */
function isVirtualDevice(serial: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:mfa\//.test(serial);
}

export function isDenyAll(arn: string | undefined): boolean {
  return /^arn:[\w-]+:iam::aws:policy\/AWSDenyAll$/.test(arn ?? "");
}

/** ARN of AWS's policy that denies everything, in the partition of `arn`. */
export function denyAllArn(arn: string): string {
  return `arn:${arn.split(":")[1]}:iam::aws:policy/AWSDenyAll`;
}

/** A user's own policies and permissions boundary. */
export type UserPolicies = Pick<PolicyOwner, "inlinePolicies" | "attachedPolicies"> & {
  readonly boundary: string | undefined;
};

export function hasDeny(inventory: UserInventory): boolean {
  return isDeniedAll({ ...inventory, boundary: inventory.user.boundary });
}

/** Whether everything is denied to the user: inline, by AWS's policy, or by the boundary. */
export function isDeniedAll(policies: UserPolicies): boolean {
  return policies.inlinePolicies.some(isCutPolicy) || isDeniedByAws(policies);
}

/** Whether AWS's own policy denies everything to the user: attached, or as the boundary. */
function isDeniedByAws({
  attachedPolicies,
  boundary,
}: Pick<UserPolicies, "attachedPolicies" | "boundary">): boolean {
  return attachedPolicies.some(isDenyAll) || isDenyAll(boundary);
}

/** Returns the user without the policies that a cut adds: what restoring the user gives back. */
export function withoutDeny<User extends PolicyOwner>(user: User): User {
  return {
    ...user,
    inlinePolicies: user.inlinePolicies.filter((each) => !isCutPolicy(each)),
    attachedPolicies: user.attachedPolicies.filter((arn) => !isDenyAll(arn)),
  };
}

/** A policy of that name with another document is not a deny. */
function isCutPolicy(policy: InlinePolicy): boolean {
  return readCutPolicy(policy) !== null;
}

function readCutPolicy({ name, document }: InlinePolicy): RegExpExecArray | null {
  return name === cutPolicyName ? cutDocument.exec(document.replace(/\s/g, "")) : null;
}

/** Returns the day in the deny; undefined for AWS's own policy, and where no day was chosen. */
function dayInDeny({ inlinePolicies }: Pick<UserPolicies, "inlinePolicies">): string | undefined {
  const days = inlinePolicies.flatMap((policy) => {
    const [, year, month, day] = readCutPolicy(policy) ?? [];
    return year === undefined ? [] : [`${year}-${month}-${day}`];
  });
  return days[0];
}

/** Returns the day from which --due deletes the user, as tag and deny say; undefined where one of them names no day. */
export function dueDay(inventory: UserInventory): string | undefined {
  const day = dayInDeny(inventory);
  const tagged = inventory.user.tags[cutTags.deleteAfter];
  return day && tagged && laterDay(day, tagged);
}

/** Whether AWS's policy denies everything, without a day beside it: then --due does not delete the user. */
export function isDeniedWithoutDay(inventory: UserInventory): boolean {
  return isDeniedByAws({ ...inventory, ...inventory.user }) && dayInDeny(inventory) === undefined;
}

/** Where AWS's policy had to take the place of awst's, no day fits beside it. */
function isOfOtherDay(inventory: UserInventory, deleteAfter: string | undefined): boolean {
  if (deleteAfter === undefined || isDeniedWithoutDay(inventory)) return false;
  return dayInDeny(inventory) !== deleteAfter;
}

/** The tag alone, which many may set: it can keep a user from a change, and never allows one. */
export function isCut({ tags }: { readonly tags: Readonly<Record<string, string>> }): boolean {
  return tags[cutTags.at] !== undefined;
}

/** Whether the tags say that the day of the deletion has come. Text that is not a day never comes. */
export function isDue(
  user: { readonly tags: Readonly<Record<string, string>> },
  now: Date,
): boolean {
  const day = user.tags[cutTags.deleteAfter] ?? "";
  return isCut(user) && dayProblem(day, dayOfTime(now.getTime())) === undefined;
}

/**
 * Returns why a user whose tags say that the day has come must not be deleted for them, as part of a sentence. The deny
 * has to name a day, and that day has to have come: so a tag only postpones, and whatever a machine has on disk counts
 * nothing. A deletion that was stopped just before its end leaves a user without the deny, and a new user looks the same:
 * an administrator has to name such a user.
 */
export function whyNotDue(
  user: UserPolicies & { readonly tags: Readonly<Record<string, string>> },
  now: Date,
): string | undefined {
  if (!isDeniedAll(user))
    return "is tagged as cut off, but no policy denies everything to the user";
  const day = dayInDeny(user);
  if (day === undefined) return "is cut off, but the policy that denies everything names no day";
  const isOver = dayProblem(day, dayOfTime(now.getTime())) === undefined;
  return isOver ? undefined : `is to be deleted from ${day} on, whatever the tags say`;
}

/** The same with the user's credentials and policies: undefined where AWS shows that the user is cut off, and that the day has come. */
export function whyNotCut(inventory: UserInventory, now: Date): string | undefined {
  const { keys, loginProfile } = inventory;
  const isAccessBack = loginProfile !== undefined || keys.some(({ status }) => status === "Active");
  if (isAccessBack) return "was cut off and has access again";
  return whyNotDue({ ...inventory, ...inventory.user }, now);
}

/** Whether an administrator cut the user off for a later day, or for none: by the tags, or by awst's own deny. */
export function isCutForLater(inventory: UserInventory, now: Date): boolean {
  const { user } = inventory;
  if (isCut(user) && !isDue(user, now)) return true;
  const isOurs = isCut(user) || inventory.inlinePolicies.some(isCutPolicy);
  return isOurs && hasDeny(inventory) && whyNotDue({ ...inventory, ...user }, now) !== undefined;
}

/** Of a user who is cut: what was active before the cut stays as it is written. */
function laterTags(
  tags: Readonly<Record<string, string>>,
  deleteAfter: string | undefined,
): Readonly<Record<string, string>> {
  const isSame = deleteAfter === undefined || tags[cutTags.deleteAfter] === deleteAfter;
  return isSame ? {} : { [cutTags.deleteAfter]: deleteAfter };
}

function ids(all: readonly { readonly id: string }[]): string {
  return all.map(({ id }) => id).join(" ");
}

/** Ids of a tag that `cutSteps` wrote. */
export function idsOf(tags: Readonly<Record<string, string>>, name: string): readonly string[] {
  return (tags[name] ?? "").split(" ").filter((id) => id !== "");
}
