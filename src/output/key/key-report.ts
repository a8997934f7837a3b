// How access keys are printed: the list, a stored key, and what a command changed. All sentences about keys
// that commands print are here.

import {
  isUnfinished,
  type OpenRotation,
  rotationProblem,
} from "../../model/rotation/open-rotation.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { countText } from "../../model/text/count-text.ts";
import { formatDuration } from "../../model/text/duration.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { untilText } from "../session/session-report.ts";
import type { Paint, Style } from "../style.ts";
import { textTable } from "../text-table.ts";

export interface StoredKey {
  readonly identity: string;
  readonly accessKeyId: string;
  /** The key's user, as AWS reports it. */
  readonly arn: string;
  readonly accountId: string;
  readonly keychain: "system" | "file";
  /** Id of another key that was stored before. */
  readonly replacedKeyId: string | undefined;
  /** This key was stored before. */
  readonly wasThere: boolean;
}

export interface LastUse {
  /** undefined: never, as far as AWS reports. */
  readonly at: Date | undefined;
  readonly service: string | undefined;
  readonly region: string | undefined;
}

export interface KeyFacts {
  readonly accessKeyId: string;
  readonly status: "Active" | "Inactive" | "Expired";
  readonly createdAt: Date;
  /** undefined: the user is not allowed to read it. */
  readonly lastUse: LastUse | undefined;
}

export interface KeyLine extends KeyFacts {
  readonly description: string | undefined;
  /** Where awst reads the key from; undefined for a key that awst does not use. */
  readonly storedIn: "keychain" | "profile" | undefined;
}

export interface KeyListing {
  readonly identity: string;
  readonly userName: string;
  /** AWS's time of the list. */
  readonly at: Date;
  /** The oldest first. */
  readonly keys: readonly KeyLine[];
  readonly lastUseIsDenied: boolean;
  readonly descriptionsAreDenied: boolean;
  /** The rotation that is under way, or whose old key awaits its deletion. */
  readonly rotation: OpenRotation | undefined;
  /** A run in the background is completing the rotation. */
  readonly isCompleting: boolean;
}

export interface PrintedOccurrence {
  readonly path: string;
  readonly line: number;
  /** undefined: before the first section. */
  readonly section: string | undefined;
  /** The profile that signs with the key there. */
  readonly profile?: string | undefined;
}

export function keyTable({ keys, at }: KeyListing, style: Style): string {
  const head = ["KEY", "STATE", "AGE", "LAST USE", "STORED IN", "DESCRIPTION"];
  const paints: Record<KeyFacts["status"], Paint> = {
    Active: style.ok,
    Inactive: style.dim,
    Expired: style.fail,
  };
  const rows = keys.map((key) => [
    key.accessKeyId,
    { text: key.status.toLowerCase(), paint: paints[key.status] },
    ageText(key.createdAt, at),
    lastUseText(key.lastUse, at),
    key.storedIn ?? "",
    key.description ?? "",
  ]);
  return textTable([head.map((text) => ({ text, paint: style.heading })), ...rows]);
}

/** What the table lacks, and why: one line each. */
export function keyTableNotes(listing: KeyListing): readonly string[] {
  const { identity, keys, lastUseIsDenied, descriptionsAreDenied } = listing;
  return [
    ...(lastUseIsDenied
      ? ["last use unknown: you are not allowed to call iam:GetAccessKeyLastUsed"]
      : []),
    ...(descriptionsAreDenied
      ? ["descriptions unknown: you are not allowed to call iam:ListUserTags"]
      : []),
    ...(keys.some(({ storedIn }) => storedIn !== undefined)
      ? []
      : [`warning: the key that awst uses for "${identity}" is not in this list`]),
    ...otherKeyLines(listing),
  ];
}

/** Why there are two keys: one line for an unfinished rotation, or for each key that awst does not use. */
function otherKeyLines(listing: KeyListing): readonly string[] {
  const { keys, at, rotation, identity } = listing;
  const problem = rotation && isUnfinished(rotation) ? rotationProblem(rotation, at) : undefined;
  const hasWork = rotation !== undefined && rotation.state !== "grace";
  if (hasWork && listing.isCompleting) {
    return ["awst is completing a rotation of these keys in the background"];
  }
  if (problem !== undefined) {
    return [`${problem.message}; to complete the rotation: ${problem.hint}`];
  }
  const command = (...parts: readonly string[]) => commandLine(["awst", "key", ...parts]);
  const others = keys.filter(({ storedIn }) => storedIn === undefined);
  if (others.length === keys.length) return [];
  return others.map(({ accessKeyId: id }) => {
    if (id !== rotation?.oldKeyId) {
      return `awst does not use ${id}; if no other program or machine does: ${command("delete", id)}`;
    }
    const { deletedAfter } = rotation;
    const replaced = `${id} was replaced by a rotation`;
    if (rotation.state === "overdue" || deletedAfter === undefined) {
      const resume = command("rotate", "--resume", "--identity", identity);
      return `${replaced}, and the next run deletes the key: ${resume}`;
    }
    return `${replaced}; awst deletes the key after ${untilText(deletedAfter, at)}; to use it again: ${command("rotate", "--undo")}`;
  });
}

export function keyListingJson(listing: KeyListing) {
  const { identity, userName, lastUseIsDenied, descriptionsAreDenied } = listing;
  return {
    identity,
    userName,
    keys: listing.keys.map((key) => ({
      accessKeyId: key.accessKeyId,
      status: key.status.toLowerCase(),
      createdAt: rfc3339(key.createdAt),
      ageSeconds: Math.max(0, Math.floor(secondsBetween(key.createdAt, listing.at))),
      lastUsedAt: key.lastUse?.at ? rfc3339(key.lastUse.at) : null,
      lastUsedService: key.lastUse?.service ?? null,
      lastUsedRegion: key.lastUse?.region ?? null,
      description: key.description ?? null,
      storedIn: key.storedIn ?? null,
    })),
    lastUseIsKnown: !lastUseIsDenied,
    descriptionsAreKnown: !descriptionsAreDenied,
    rotation: rotationJson(listing.rotation),
  };
}

function rotationJson(rotation: OpenRotation | undefined) {
  if (rotation === undefined) return null;
  const { state, oldKeyId, newKeyId = null, deletedAfter } = rotation;
  return {
    state,
    oldKeyId,
    newKeyId,
    deletedAfter: deletedAfter === undefined ? null : rfc3339(deletedAfter),
  };
}

/** `active, 34 d old, last used 2 d ago (sts, eu-west-1)`. `now`: AWS's time. */
export function keyFactsText(key: KeyFacts, now: Date): string {
  const age = `${key.status.toLowerCase()}, ${ageText(key.createdAt, now)} old`;
  if (key.lastUse === undefined) return `${age}, last use unknown`;
  const use = lastUseText(key.lastUse, now);
  return key.lastUse.at === undefined ? `${age}, ${use} used` : `${age}, last used ${use}`;
}

export function storedKeyJson(key: StoredKey) {
  const { identity, accessKeyId, arn, accountId, keychain, replacedKeyId, wasThere } = key;
  const replaced = replacedKeyId ?? null;
  return { identity, accessKeyId, arn, accountId, keychain, replacedKeyId: replaced, wasThere };
}

/** One line each. */
export function storedKeyLines(key: StoredKey): readonly string[] {
  const { accessKeyId, arn, identity, replacedKeyId, wasThere } = key;
  const keychain = key.keychain === "system" ? "the system keychain" : "the sealed file";
  const stored = wasThere
    ? `${accessKeyId} of ${arn} is already in ${keychain}, for "${identity}"`
    : `stored ${accessKeyId} of ${arn} in ${keychain}, for "${identity}"`;
  return replacedKeyId === undefined
    ? [stored]
    : [stored, `awst no longer uses ${replacedKeyId}; AWS still accepts that key`];
}

/** `accessKeyId` undefined: the profile called awst before the import. */
export function importedLine(
  profile: string,
  accessKeyId: string | undefined,
  formerKeyId?: string,
): string {
  if (formerKeyId !== undefined) {
    return `profile "${profile}" now calls awst; its file no longer contains ${formerKeyId}, which awst had replaced`;
  }
  return accessKeyId === undefined
    ? `profile "${profile}" already calls awst: nothing to import`
    : `profile "${profile}" now calls awst; its file no longer contains ${accessKeyId}`;
}

/** A profile with a copy of the key stops working when the key is rotated, so what makes it call awst is printed too.
 *  `identity`: whose key it is. */
export function occurrenceLine(
  occurrence: PrintedOccurrence,
  accessKeyId: string,
  identity: string,
): string {
  const { profile } = occurrence;
  const text = occurrenceText(occurrence, accessKeyId);
  if (profile === undefined) return text;
  return `${text}; to make this profile call awst: ${importCommand(profile, identity)}`;
}

export function occurrenceText(
  { path, line, section }: PrintedOccurrence,
  accessKeyId: string,
): string {
  return `${path}:${line}${section === undefined ? "" : ` [${section}]`} still contains ${accessKeyId}`;
}

export function importCommand(profile: string, identity: string): string {
  return commandLine(["awst", "key", "import", profile, "--identity", identity]);
}

/** Why a rotation that no user typed is not started. */
export function copiesInUseText(profiles: readonly string[], accessKeyId: string): string {
  const [first = "", ...more] = profiles;
  const others = more.length === 0 ? "" : ` and ${countText(more.length, "other")}`;
  return `profile "${first}"${others} in AWS's files would stop working: it signs with ${accessKeyId} itself`;
}

export function keyFileLine(path: string): string {
  return `${path} still contains the key: delete that file`;
}

export function statusLine(
  accessKeyId: string,
  status: "active" | "inactive",
  isChanged: boolean,
): string {
  if (!isChanged) return `${accessKeyId} is already ${status}`;
  return `${status === "active" ? "activated" : "deactivated"} ${accessKeyId}`;
}

/** `description` "": it was removed. */
export function descriptionLine(accessKeyId: string, description: string): string {
  return description === ""
    ? `removed the description of ${accessKeyId}`
    : `described ${accessKeyId} as ${JSON.stringify(description)}`;
}

/** `deleted` undefined: the user answered no. */
export function deletionLines(
  deleted: { readonly accessKeyId: string; readonly description: "removed" | "kept" } | undefined,
): readonly string[] {
  if (deleted === undefined) return ["nothing was deleted"];
  const { accessKeyId, description } = deleted;
  return [
    `deleted ${accessKeyId}`,
    ...(description === "kept"
      ? ["the tag with the key's description may remain: the call of iam:UntagUser failed"]
      : []),
  ];
}

/** `2 d ago (sts, eu-west-1)`, `never`, `unknown`. */
function lastUseText(use: LastUse | undefined, now: Date): string {
  if (use === undefined) return "unknown";
  if (use.at === undefined) return "never";
  const where = [use.service, use.region].filter((each) => each !== undefined).join(", ");
  return `${ageText(use.at, now)} ago${where === "" ? "" : ` (${where})`}`;
}

/** `34 d`; less than two days as `formatDuration` prints them. */
function ageText(since: Date, now: Date): string {
  const seconds = secondsBetween(since, now);
  const days = Math.floor(seconds / 86_400);
  return days >= 2 ? `${days} d` : formatDuration(seconds);
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
