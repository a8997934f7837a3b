// Findings about one identity that need no call: its key in the right partition, a user without an MFA device, and
// work on keys or devices that was interrupted.

import { partitionOf } from "../aws/partition.ts";
import type { Configuration, Identity } from "../configuration/configuration.ts";
import type { MfaJournal } from "../mfa/mfa-journal.ts";
import { isReplacing } from "../mfa/mfa-journal.ts";
import { mfaCommand, nameOfDevice } from "../mfa/own-devices.ts";
import { graceEnd, hasPendingWork, type RotationJournal } from "../rotation/rotation-journal.ts";
import type { UserFacts } from "../session/aws-facts.ts";
import { commandLine } from "../text/command-line.ts";
import { rfc3339 } from "../text/rfc3339.ts";
import { type Finding, note, wrong } from "./findings.ts";

/** Where an ARN or a region shows which partition the key belongs to. */
export interface PartitionEvidence {
  /** "mfa_serial in profile [main]" */
  readonly where: string;
  readonly partition: string;
}

/** The partition of an ARN; undefined for a text that is none. */
export function partitionOfArn(arn: string | undefined): string | undefined {
  return /^arn:(aws[a-z-]*):/.exec(arn ?? "")?.[1];
}

/** A region of each partition, for a line to paste. */
const exampleRegions: Readonly<Record<string, string>> = {
  aws: "eu-west-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
  "aws-eusc": "eusc-de-east-1",
};

/** `region`: where awst calls STS for this identity. */
export function partitionFindings(
  { identity, configuration }: { identity: Identity; configuration: Configuration },
  region: string,
  evidence: readonly PartitionEvidence[],
): readonly Finding[] {
  const called = partitionOf(region).name;
  const other = evidence.find(({ partition }) => partition !== called);
  const { name } = identity;
  if (other !== undefined) {
    const message = `${name}: ${other.where} is of partition ${other.partition}, and awst calls ${region} (${called})`;
    const setting = name === configuration.defaultIdentity ? "defaultRegion" : "region";
    const example = exampleRegions[other.partition] ?? "REGION";
    const at = setting === "region" ? ` below [identities.${name}]` : "";
    const hint = `in ${configuration.path}${at}: ${setting} = "${example}"`;
    return [wrong("key", message, hint)];
  }
  const elsewhere = [...configuration.accounts.values()].filter((account) => {
    const isOwn = (account.identity ?? configuration.defaultIdentity) === name;
    return isOwn && account.region !== undefined && partitionOf(account.region).name !== called;
  });
  return elsewhere.slice(0, 1).map((account) => {
    const where = `account "${account.name}" is in ${account.region}`;
    const message = `${name}: ${where}, and awst calls ${region} (${called}) for it`;
    return wrong(
      "key",
      message,
      `set another region of the account or of its identity in ${configuration.path}`,
    );
  });
}

/** `user`: what AWS last answered about the key's user; undefined when awst never asked. */
export function deviceFindings(
  identity: Identity,
  isDefault: boolean,
  user: UserFacts | undefined,
  journal: MfaJournal | undefined,
): readonly Finding[] {
  const named = isDefault ? undefined : identity.name;
  const found: Finding[] = [];
  if (user !== undefined && user.devices.length === 0 && identity.device === undefined) {
    const keys = user.unusable.length > 0 ? " that makes codes" : "";
    const message = `${identity.name}: user "${user.userName}" had no MFA device${keys} when awst last asked`;
    found.push(wrong("mfa", message, mfaCommand(named, "add")));
  }
  if (journal === undefined) return found;
  const { enrolment, replacement, removal } = journal;
  if (replacement !== undefined && isReplacing(journal)) {
    const message = `${identity.name}: the replacement of MFA device ${nameOfDevice(replacement.old)} is unfinished`;
    found.push(wrong("mfa", message, mfaCommand(named, "replace")));
  } else if (enrolment !== undefined) {
    const message = `${identity.name}: MFA device ${enrolment.name} is added and not verified yet`;
    found.push(wrong("mfa", message, mfaCommand(named, "add")));
  }
  if (removal !== undefined) {
    const message = `${identity.name}: the removal of MFA device ${nameOfDevice(removal)} is unfinished`;
    found.push(wrong("mfa", message, mfaCommand(named, "remove")));
  }
  return found;
}

/** `now`: AWS's time. */
export function rotationFindings(
  identity: Identity,
  isDefault: boolean,
  journal: RotationJournal | undefined,
  now: Date,
): readonly Finding[] {
  if (journal === undefined) return [];
  const { oldKeyId, newKeyId } = journal;
  const command = [
    "awst",
    "key",
    "rotate",
    "--resume",
    ...(isDefault ? [] : ["--identity", identity.name]),
  ];
  if (hasPendingWork(journal, now)) {
    const keys = newKeyId === undefined ? oldKeyId : `${oldKeyId} to ${newKeyId}`;
    const message = `${identity.name}: the rotation of ${keys} is unfinished`;
    return [wrong("rotation", message, commandLine(command))];
  }
  const end = graceEnd(journal);
  const until = end === undefined ? "" : ` until ${rfc3339(end)}`;
  return [note("rotation", `${identity.name}: the old key ${oldKeyId} can be restored${until}`)];
}
