// Checks the flags that shape a session against AWS's limits before a call is sent.

import {
  durationProblem,
  nearestDuration,
  policyArnsProblem,
  policyProblem,
  sessionNameProblem,
  tagsProblem,
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
    const hint = `--duration ${nearestDuration(durationSeconds, isSingle)}`;
    refuse(`--duration ${shown}`, durationProblem(durationSeconds, isSingle), hint);
  }
  if (sessionName !== undefined) {
    refuse("--session-name", sessionNameProblem(sessionName), "--session-name ticket-42");
  }
  if (sourceIdentity !== undefined) {
    refuse("--source-identity", sessionNameProblem(sourceIdentity), "--source-identity ada");
  }
  if (policyArns !== undefined) {
    const hint = "--policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess";
    refuse("the policies of --policy-arn", policyArnsProblem(policyArns), hint);
  }
  if (policy !== undefined) {
    const hint = "a policy file is an IAM policy in JSON, of at most 2048 characters";
    refuse("the --policy-file", policyProblem(policy), hint);
  }
  if (tags !== undefined) refuse("the tags of --tag", tagsProblem(tags), "--tag team=platform");
}

function refuse(what: string, problem: string | undefined, hint: string): void {
  if (problem !== undefined) throw new AwstError("USAGE", `${what} ${problem}`, { hint });
}
