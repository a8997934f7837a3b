// The report of `assume`: lines for the user, or one JSON object without secrets.

import { hasSpace } from "../../model/configuration/profile-names.ts";
import type { EnsuredProfiles } from "../../model/profile/profile-cache.ts";
import type { ObtainedSession } from "../../model/session/session-request.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { conflictLines, problemsJson } from "../profile/profile-report.ts";

export interface AssumeFacts {
  readonly account: string;
  readonly accountId: string;
  readonly role: string;
  readonly identity: string;
  /** The region in the profile. */
  readonly region: string;
  /** undefined with --profile-only. */
  readonly obtained: ObtainedSession | undefined;
  readonly profiles: EnsuredProfiles;
}

export function assumeJson(facts: AssumeFacts, paths: Parameters<typeof conflictLines>[1]) {
  const { account, accountId, role, identity, region, obtained, profiles } = facts;
  const session = obtained?.session;
  return {
    account,
    accountId,
    role,
    identity,
    how: obtained?.how ?? null,
    expiresAt: session === undefined ? null : rfc3339(session.keys.expiresAt),
    renewableUntil: session?.renewableUntil === undefined ? null : rfc3339(session.renewableUntil),
    assumedRoleArn: session?.assumedRoleArn ?? null,
    region,
    profileNames: profiles.names,
    profilesNotWritten: [...profiles.conflicts, ...profiles.unwritable].map(({ name, why }) => ({
      name,
      why,
    })),
    unreadableLines: problemsJson(profiles.problems, paths),
  };
}

/** Which other name some SDKs need, and which profiles are missing. */
export function profileLines(
  profiles: EnsuredProfiles,
  paths: Parameters<typeof conflictLines>[1],
): readonly string[] {
  const here = profiles.usable;
  const plain = profiles.names.find((name) => !hasSpace(name));
  const forOthers =
    here !== undefined && hasSpace(here) && plain !== undefined
      ? [
          `SDKs that don't read names with spaces (JavaScript, Java, Rust, C++) and programs built on them: AWS_PROFILE=${plain}`,
        ]
      : [];
  return [...forOthers, ...conflictLines(profiles, paths)];
}

/** Where no profile could be written. `hasCredentials`: the shell gets the credentials instead. */
export function withoutProfileLine(
  { account, role }: Pick<AssumeFacts, "account" | "role">,
  hasCredentials: boolean,
): string {
  if (hasCredentials) {
    return "no profile to use: this shell gets the credentials, which are not renewed";
  }
  const instead = commandLine(["awst", "exec", account, role, "--", "CMD"]);
  return `no profile to use; to work without one: ${instead}`;
}
