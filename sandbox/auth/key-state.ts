// Whether a long-term key is accepted now: its state, and how late changes take effect. A new key is
// unknown for a while, differently to STS and IAM, and then alternates by service and host.

import type { AccessKey } from "../cloud/entities.ts";
import type { Settings } from "../settings.ts";

export interface Endpoint {
  readonly service: string;
  /** Name and port by which the sandbox was called. */
  readonly host: string;
}

/** `endpoint` undefined: only whether it still works, without its being new. */
export function isKeyGood(
  key: AccessKey,
  endpoint: Endpoint | undefined,
  settings: Settings,
  now: Date,
): boolean {
  const ended = key.deletedAt ?? key.deactivatedAt;
  if (ended && secondsSince(ended, now) >= settings.deactivationDelaySeconds) return false;
  if (key.isSeeded || endpoint === undefined) return true;
  const hidden = hiddenSeconds(endpoint, settings);
  const age = secondsSince(key.createdAt, now);
  if (age < hidden) return false;
  if (age >= hidden + settings.newKeyFlapsForSeconds) return true;
  const where = `${endpoint.service} ${endpoint.host}`;
  const seen = key.flaps.get(where) ?? 0;
  key.flaps.set(where, seen + 1);
  return seen % 2 === 0;
}

function hiddenSeconds(endpoint: Endpoint, settings: Settings): number {
  const { newKeyVisibleAfterSeconds: sts, newKeyVisibleToIamAfterSeconds: iam } = settings;
  return endpoint.service === "iam" && iam >= 0 ? iam : sts;
}

function secondsSince(then: Date, now: Date): number {
  return (now.getTime() - then.getTime()) / 1000;
}
