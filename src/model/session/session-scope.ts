// The name of a session that flags set apart from the configured one. On the warm path: small on purpose.

import { fingerprint } from "../text/fingerprint.ts";
import type { SessionFlags } from "./target.ts";

/** 12 hex over the flags that were given; undefined when none was that shapes a session. */
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
