// How a user is restored. Before the deletion the tags of the cut say what was active. After it, a new user is made
// from the record: groups and boundary first, policies that allow something last.

import type { UserInventory } from "./account-facts.ts";
import { cutPolicyName, cutTags, hasDeny, idsOf, isCut, isDenyAll } from "./offboarding.ts";
import type { UserRecord } from "./user-record.ts";

/** Access counts as used on this day: otherwise the next night would disable it again. */
export const restoredTag = "awst:restored";
/** On a new user until everything of the record is there. */
export const restoringTag = "awst:restoring";

export type RestoreStep =
  | { readonly do: "create user" }
  | {
      readonly do: "activate key" | "activate SSH key" | "activate certificate";
      readonly id: string;
    }
  | { readonly do: "activate service credential"; readonly id: string }
  /** Uploads are active: one that a run was stopped after, although the record says inactive. */
  | { readonly do: "switch off SSH key" | "switch off certificate"; readonly id: string }
  | { readonly do: "join group"; readonly group: string }
  | UploadStep
  | { readonly do: "put policy"; readonly name: string; readonly document: string }
  | { readonly do: "attach policy"; readonly arn: string }
  | { readonly do: "lift deny"; readonly how: "inline" | "attached" }
  /** `arn`: the boundary that the user had before; undefined: none. */
  | { readonly do: "restore boundary"; readonly arn: string | undefined }
  | { readonly do: "tag"; readonly tags: Readonly<Record<string, string>> }
  | { readonly do: "untag"; readonly names: readonly string[] };

export interface UploadStep {
  readonly do: "upload SSH key" | "upload certificate";
  readonly body: string;
  readonly status: string;
}

export function isUpload(step: RestoreStep): step is UploadStep {
  return step.do === "upload SSH key" || step.do === "upload certificate";
}

/** The steps for a user that is cut and still there. Tags of the cut leave last: an interrupted run is resumed. */
export function uncutSteps(
  inventory: UserInventory,
  record: UserRecord | undefined,
  day: string,
): readonly RestoreStep[] {
  const { user, keys, sshKeys, certificates, serviceCredentials } = inventory;
  const steps: RestoreStep[] = [];
  const wasActive = (name: string) => {
    const ids = idsOf(user.tags, name);
    return (each: { readonly id: string; readonly status: string }) =>
      each.status === "Inactive" && ids.includes(each.id);
  };
  const inSsh = wasActive(cutTags.ssh);
  for (const { id } of keys.filter(wasActive(cutTags.keys))) steps.push({ do: "activate key", id });
  for (const { id } of sshKeys.filter(inSsh)) steps.push({ do: "activate SSH key", id });
  for (const { id } of certificates.filter(inSsh)) steps.push({ do: "activate certificate", id });
  for (const { id } of serviceCredentials.filter(wasActive(cutTags.services))) {
    steps.push({ do: "activate service credential", id });
  }
  // Before the denies: a user without space for the tags of the cut is known as cut off by them alone.
  steps.push({ do: "tag", tags: { [restoredTag]: day } });
  steps.push(...denies(inventory, record));
  const names = Object.values(cutTags).filter((name) => user.tags[name] !== undefined);
  if (names.length > 0) steps.push({ do: "untag", names });
  return steps;
}

export interface InactiveCredential {
  /** `access key AKIA…` */
  readonly what: string;
  /** The line that switches the credential on. */
  readonly line: string;
}

/** Returns what the steps leave inactive: the cut did not switch it off, or its tag is gone. */
export function stillInactive(
  { user, keys, sshKeys, certificates, serviceCredentials }: UserInventory,
  steps: readonly RestoreStep[],
): readonly InactiveCredential[] {
  const activated = new Set(steps.flatMap((step) => ("id" in step ? [step.id] : [])));
  const listed = (
    what: string,
    command: string,
    all: readonly { readonly id: string; readonly status: string }[],
  ) =>
    all
      .filter(({ id, status }) => status === "Inactive" && !activated.has(id))
      .map(({ id }) => ({
        what: `${what} ${id}`,
        line: `aws iam ${command} ${id} --status Active --user-name ${user.name}`,
      }));
  return [
    ...listed("access key", "update-access-key --access-key-id", keys),
    ...listed("SSH key", "update-ssh-public-key --ssh-public-key-id", sshKeys),
    ...listed("certificate", "update-signing-certificate --certificate-id", certificates),
    ...listed(
      "service credential",
      "update-service-specific-credential --service-specific-credential-id",
      serviceCredentials,
    ),
  ];
}

/** Only what the cut made: AWSDenyAll that the user had before stays. */
function denies(inventory: UserInventory, record: UserRecord | undefined): readonly RestoreStep[] {
  const { user, inlinePolicies, attachedPolicies } = inventory;
  const isInline = inlinePolicies.some(({ name }) => name === cutPolicyName);
  const isAttached = attachedPolicies.some(isDenyAll);
  const wasAttached = record === undefined || record.attachedPolicies.some(isDenyAll);
  const isBoundary = isDenyAll(user.boundary) && record !== undefined;
  const steps: RestoreStep[] = [];
  if (isInline) steps.push({ do: "lift deny", how: "inline" });
  if (isAttached && !wasAttached) steps.push({ do: "lift deny", how: "attached" });
  if (isBoundary && !isDenyAll(record.boundary)) {
    steps.push({ do: "restore boundary", arn: record.boundary });
  }
  return steps;
}

export function isCutOff(inventory: UserInventory): boolean {
  return isCut(inventory.user) || hasDeny(inventory);
}

/** What is there already of a user that an interrupted run made. */
export interface RestoredSoFar {
  readonly inventory: UserInventory;
  readonly sshBodies: readonly string[];
}

/** The steps that make a deleted user again; those that an interrupted run took are left out. */
export function recreateSteps(
  record: UserRecord,
  soFar: RestoredSoFar | undefined,
  day: string,
): readonly RestoreStep[] {
  const has = soFar?.inventory;
  const steps: RestoreStep[] = has === undefined ? [{ do: "create user" }] : [];
  for (const group of record.groups) {
    if (!has?.groups.includes(group)) steps.push({ do: "join group", group });
  }
  const sshKeys = (has?.sshKeys ?? []).map((key, at) => ({ ...key, body: bodyAt(soFar, at) }));
  for (const { body, status } of record.sshKeys) {
    const found = sshKeys.find((each) => each.body.trim() === body.trim());
    if (found === undefined) steps.push({ do: "upload SSH key", body, status });
    else if (isLeftActive(found, status)) steps.push({ do: "switch off SSH key", id: found.id });
  }
  for (const { body, status } of record.certificates) {
    const found = has?.certificates.find((each) => each.body.trim() === body.trim());
    if (found === undefined) steps.push({ do: "upload certificate", body, status });
    else if (isLeftActive(found, status)) {
      steps.push({ do: "switch off certificate", id: found.id });
    }
  }
  for (const { name, document } of record.inlinePolicies) {
    if (!has?.inlinePolicies.some((each) => each.name === name)) {
      steps.push({ do: "put policy", name, document });
    }
  }
  for (const arn of record.attachedPolicies) {
    if (!has?.attachedPolicies.includes(arn)) steps.push({ do: "attach policy", arn });
  }
  steps.push({ do: "tag", tags: { [restoredTag]: day } });
  steps.push({ do: "untag", names: [restoringTag] });
  return steps;
}

function bodyAt(soFar: RestoredSoFar | undefined, at: number): string {
  return soFar?.sshBodies[at] ?? "";
}

function isLeftActive(found: { readonly status: string }, recorded: string): boolean {
  return recorded === "Inactive" && found.status === "Active";
}

/** The record's tags without those of awst's own state: a user made again was neither warned, disabled nor cut off. */
export function ownTags(record: UserRecord): Readonly<Record<string, string>> {
  const isState = (name: string) => /^awst:(?!protected$)/i.test(name);
  return Object.fromEntries(Object.entries(record.tags).filter(([name]) => !isState(name)));
}
