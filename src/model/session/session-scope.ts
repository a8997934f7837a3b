// The scope: the name of a session that options shape. On the warm path, so it stays small.

import { fingerprint } from "../text/fingerprint.ts";
import type { SessionFlags } from "./target.ts";

/** Returns 12 hex digits over the given options; undefined when none of them shapes a session. */
export function scopeOf(flags: SessionFlags): string | undefined {
  const { durationSeconds, sessionName, policy, sourceIdentity } = flags;
  const given = {
    durationSeconds,
    sessionName,
    policy,
    sourceIdentity,
    single: flags.single === true ? true : undefined,
    policyArns: flags.policyArns?.length ? [...flags.policyArns].sort() : undefined,
    tags: flags.tags && Object.keys(flags.tags).length > 0 ? flags.tags : undefined,
  };
  if (Object.values(given).every((value) => value === undefined)) return undefined;
  return fingerprint(given).slice(0, 12);
}
