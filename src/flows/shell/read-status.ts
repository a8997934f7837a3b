// Reads the profile or keys of this shell from the environment and two or three small state files.

import { profileCacheFile, roleOfKey } from "../../model/profile/profile-cache.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import {
  type ProfileOwner,
  type ShellStatus,
  shellStatus,
} from "../../model/shell/shell-status.ts";
import type { Needs } from "../../ports.ts";

export interface StatusNow {
  readonly status: ShellStatus;
  /** AWS's time, by which it is meant. */
  readonly awsNow: Date;
}

export async function readStatus(
  context: Needs<"env" | "state" | "clock" | "fileFingerprint">,
): Promise<StatusNow> {
  const { awsNow } = context.clock();
  const index = context.state.read(sessionIndexFile);
  const ownerOf = (profile: string) => findOwner(context, profile);
  const findMissing = (profile: string) => findMissingProgram(context, profile);
  const status = shellStatus(context.env, index, awsNow, ownerOf, findMissing);
  return { status, awsNow };
}

/** Searches the profiles that `assume` wrote. */
function findOwner(context: Needs<"state">, profile: string): ProfileOwner | undefined {
  const { roles } = context.state.read(profileCacheFile);
  const found = Object.entries(roles).find(([, { names }]) => names.includes(profile));
  const owner = found && roleOfKey(found[0]);
  return owner && { ...owner, identity: found[1].identity };
}

/** Returns a path that the line of this profile calls and that no longer exists, as far as awst wrote the line. */
function findMissingProgram(
  context: Needs<"state" | "fileFingerprint">,
  profile: string,
): string | undefined {
  const { roles } = context.state.read(profileCacheFile);
  const calls = Object.values(roles).find(({ names }) => names.includes(profile))?.calls;
  return calls?.find((path) => context.fileFingerprint(path) === undefined);
}
