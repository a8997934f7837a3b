// What makes two sessions of one role differ: the options that shape a session, and the AWS that made it. On the warm
// path, so it stays small.

import { isRegion, partitionOf } from "../aws/partition.ts";
import type { Env } from "../environment.ts";
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

/** Returns a hash in hex. Environments with the same hash call the same AWS: a session from a regional endpoint
 *  of STS is valid in every region of its partition, through FIPS and dual-stack endpoints too. */
export function environmentHash(env: Env, callRegion: string): string {
  const everything = env["AWS_ENDPOINT_URL"] || undefined;
  return fingerprint({
    sts: env["AWS_ENDPOINT_URL_STS"] || everything,
    iam: env["AWS_ENDPOINT_URL_IAM"] || everything,
    // What is not a region gets an error before a call, not here.
    partition: isRegion(callRegion) ? partitionOf(callRegion).name : callRegion,
  });
}
