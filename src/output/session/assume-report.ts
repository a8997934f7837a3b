// What `assume` tells: for people line by line, for programs as one object without a secret.

import { hasSpace } from "../../model/configuration/profile-names.ts";
import type { EnsuredProfiles } from "../../model/profile/profile-cache.ts";
import type { ObtainedSession } from "../../model/session/session-request.ts";
import { surroundings } from "../../model/shell/shells.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { conflictLines } from "../profile/profile-obstacles.ts";
import { holdsText } from "./session-report.ts";

export interface AssumeFacts {
  readonly account: string;
  readonly accountId: string;
  readonly role: string;
  readonly identity: string;
  /** The one in the profile. */
  readonly region: string;
  /** undefined with --profile-only. */
  readonly obtained: ObtainedSession | undefined;
  readonly profiles: EnsuredProfiles;
}

export function assumeJson(facts: AssumeFacts) {
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
  };
}

/** Until when the session renews, and until when these keys hold. */
export function sessionLine({ session, account, role }: ObtainedSession, now: Date): string {
  return `${account} ${role}: ${holdsText(session, now)}`;
}

/**
 * The name a shell is given: the first, as awstools had it; through the function of `shell-init` the
 * one that every SDK finds, so that all tools of this shell are the role.
 */
export function profileHere(
  { names, usable }: EnsuredProfiles,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const plain = names.find((name) => !hasSpace(name));
  return surroundings(env).isFunction ? (plain ?? usable) : usable;
}

/** Which names work where, and which are not there. `here`: the one this shell is given. */
export function profileLines(
  profiles: EnsuredProfiles,
  paths: Parameters<typeof conflictLines>[1],
  here = profiles.usable,
): readonly string[] {
  const plain = profiles.names.find((name) => !hasSpace(name));
  const forOthers =
    here !== undefined && hasSpace(here) && plain !== undefined
      ? [`for JavaScript and Java, which see no blanks: AWS_PROFILE=${plain}`]
      : [];
  return [...forOthers, ...conflictLines(profiles, paths)];
}
