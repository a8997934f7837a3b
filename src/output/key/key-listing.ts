// Access keys as they are listed and spoken of: id, state, age, last use, description, who holds them.

import { formatDuration } from "../../model/text/duration.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { textTable } from "../text-table.ts";

export interface LastUse {
  /** undefined: never, as far as AWS tells. */
  readonly at: Date | undefined;
  readonly service: string | undefined;
  readonly region: string | undefined;
}

export interface KeyFacts {
  readonly accessKeyId: string;
  readonly status: "Active" | "Inactive" | "Expired";
  readonly createdAt: Date;
  /** undefined: not allowed to know. */
  readonly lastUse: LastUse | undefined;
}

export interface KeyLine extends KeyFacts {
  readonly description: string | undefined;
  /** Where awst holds it, if it does. */
  readonly heldIn: "keychain" | "profile" | undefined;
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
}

export function keyTable({ keys, at }: KeyListing): string {
  const head = ["KEY", "STATE", "AGE", "LAST USE", "HELD IN", "DESCRIPTION"];
  const rows = keys.map((key) => [
    key.accessKeyId,
    key.status.toLowerCase(),
    ageText(key.createdAt, at),
    lastUseText(key.lastUse, at),
    key.heldIn ?? "",
    key.description ?? "",
  ]);
  return textTable([head, ...rows]);
}

export function keyListingJson(listing: KeyListing) {
  const { identity, userName, lastUseIsDenied, descriptionsAreDenied } = listing;
  return {
    version: 1,
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
      heldIn: key.heldIn ?? null,
    })),
    lastUseIsKnown: !lastUseIsDenied,
    descriptionsAreKnown: !descriptionsAreDenied,
  };
}

/** `active, 34 d old, last used 2 d ago (sts, eu-west-1)`. `now`: AWS's time. */
export function keyFactsText(key: KeyFacts, now: Date): string {
  const age = `${key.status.toLowerCase()}, ${ageText(key.createdAt, now)} old`;
  if (key.lastUse === undefined) return `${age}, last use not known`;
  const use = lastUseText(key.lastUse, now);
  return key.lastUse.at === undefined ? `${age}, ${use} used` : `${age}, last used ${use}`;
}

/** `2 d ago (sts, eu-west-1)`, `never`, `not known`. */
function lastUseText(use: LastUse | undefined, now: Date): string {
  if (use === undefined) return "not known";
  if (use.at === undefined) return "never";
  const where = [use.service, use.region].filter((each) => each !== undefined).join(", ");
  return `${ageText(use.at, now)} ago${where === "" ? "" : ` (${where})`}`;
}

/** `34 d`, and below two days as `formatDuration` has it. */
function ageText(since: Date, now: Date): string {
  const seconds = secondsBetween(since, now);
  const days = Math.floor(seconds / 86_400);
  return days >= 2 ? `${days} d` : formatDuration(seconds);
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
