// The flags that shape a session, held against AWS's limits before anything is sent.

import {
  durationComplaint,
  policyArnsComplaint,
  policyComplaint,
  sessionNameComplaint,
  tagsComplaint,
} from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { spellDuration } from "../text/duration.ts";
import type { SessionFlags } from "./target.ts";

/** USAGE, naming the first flag that AWS would not take. `isSingle`: the session will be a single one. */
export function checkFlags(flags: SessionFlags, isSingle: boolean): void {
  const { durationSeconds, sessionName, sourceIdentity, policyArns, policy, tags } = flags;
  if (durationSeconds !== undefined) {
    const shown = Number.isInteger(durationSeconds)
      ? spellDuration(durationSeconds)
      : durationSeconds;
    refuse(`--duration ${shown}`, durationComplaint(durationSeconds, isSingle));
  }
  if (sessionName !== undefined) refuse("--session-name", sessionNameComplaint(sessionName));
  if (sourceIdentity !== undefined) {
    refuse("--source-identity", sessionNameComplaint(sourceIdentity));
  }
  if (policyArns !== undefined)
    refuse("the policies of --policy-arn", policyArnsComplaint(policyArns));
  if (policy !== undefined) refuse("the --policy-file", policyComplaint(policy));
  if (tags !== undefined) refuse("the tags of --tag", tagsComplaint(tags));
}

function refuse(what: string, complaint: string | undefined): void {
  if (complaint !== undefined) throw new AwstError("USAGE", `${what} ${complaint}`);
}
