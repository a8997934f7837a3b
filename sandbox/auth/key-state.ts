// Whether a long-term key works here and now: its state, and how late its changes are felt. A new
// key is unknown for a while, differently to STS and IAM, and then flaps by service and host.

import type { AccessKey } from "../cloud/entities.ts";
import type { Settings } from "../settings.ts";

export interface Door {
  readonly service: "sts" | "iam";
  /** Name and port by which the sandbox was called. */
  readonly host: string;
}

/** `door` undefined: only whether it still works, without its being new. */
export function isKeyGood(
  key: AccessKey,
  door: Door | undefined,
  settings: Settings,
  now: Date,
): boolean {
  const ended = key.deletedAt ?? key.deactivatedAt;
  if (ended && secondsSince(ended, now) >= settings.deactivationDelaySeconds) return false;
  if (key.isSeeded || door === undefined) return true;
  const hidden = hiddenSeconds(door, settings);
  const age = secondsSince(key.createdAt, now);
  if (age < hidden) return false;
  if (age >= hidden + settings.newKeyFlapsForSeconds) return true;
  const where = `${door.service} ${door.host}`;
  const seen = key.flaps.get(where) ?? 0;
  key.flaps.set(where, seen + 1);
  return seen % 2 === 0;
}

function hiddenSeconds(door: Door, settings: Settings): number {
  const { newKeyVisibleAfterSeconds: sts, newKeyVisibleToIamAfterSeconds: iam } = settings;
  return door.service === "iam" && iam >= 0 ? iam : sts;
}

function secondsSince(then: Date, now: Date): number {
  return (now.getTime() - then.getTime()) / 1000;
}
