// Reads the profile or keys of this shell from the environment and a few small state files.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import {
  type CachedProfiles,
  profileCacheFile,
  roleOfKey,
} from "../../model/profile/profile-cache.ts";
import {
  type OpenRotation,
  openRotation,
  rotationProblem,
} from "../../model/rotation/open-rotation.ts";
import { journalFile } from "../../model/rotation/rotation-journal.ts";
import { type SessionIndex, sessionIndexFile } from "../../model/session/session-index.ts";
import {
  type ProfileOwner,
  type ShellStatus,
  shellStatus,
} from "../../model/shell/shell-status.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Needs } from "../../ports.ts";

export interface StatusNow {
  readonly status: ShellStatus;
  /** AWS's time, by which it is meant. */
  readonly awsNow: Date;
  /** Of every identity with a session. */
  readonly unfinishedRotations: readonly UnfinishedRotation[];
  /** Rotations of which nothing is known, because their journals can't be read. */
  readonly unreadableRotations: readonly UnreadableRotation[];
}

export interface UnreadableRotation extends Pick<AwstError, "message" | "hint"> {
  readonly identity: string;
}

export interface UnfinishedRotation {
  readonly rotation: OpenRotation;
  readonly message: string;
  /** The command that completes it. */
  readonly hint: string;
}

export async function readStatus(
  context: Needs<"env" | "state" | "clock" | "fileFingerprint">,
): Promise<StatusNow> {
  const { awsNow } = context.clock();
  const index = context.state.read(sessionIndexFile);
  const status = shellStatus(context.env, index, awsNow, {
    ownerOf: (profile) => findOwner(context, profile),
    findMissing: (profile) => findMissingProgram(context, profile),
    plainKeys: (profile) => {
      const found = findProfile(context, profile);
      return found?.lostKeys ? "removed" : found?.keysUntil;
    },
  });
  return { status, awsNow, ...findUnfinished(context, index, awsNow) };
}

/** The journals may be forged: they only make a message. One that can't be read costs the rest nothing. */
function findUnfinished(
  context: Needs<"state">,
  index: SessionIndex,
  awsNow: Date,
): Pick<StatusNow, "unfinishedRotations" | "unreadableRotations"> {
  const unfinishedRotations: UnfinishedRotation[] = [];
  const unreadableRotations: UnreadableRotation[] = [];
  for (const identity of new Set(Object.values(index).map((entry) => entry.identity))) {
    try {
      const journal = context.state.read(journalFile(identity));
      const rotation = openRotation(identity, journal, awsNow);
      if (rotation === undefined) continue;
      const problem = rotationProblem(rotation, awsNow);
      if (problem !== undefined) unfinishedRotations.push({ rotation, ...problem });
    } catch (error) {
      if (!isAwstError(error)) throw error;
      const { message, hint } = error;
      unreadableRotations.push({ identity, message, hint });
    }
  }
  return { unfinishedRotations, unreadableRotations };
}

/** Searches the profiles that `assume` wrote. */
function findOwner(context: Needs<"state">, profile: string): ProfileOwner | undefined {
  const { roles } = context.state.read(profileCacheFile);
  const found = Object.entries(roles).find(([, { names }]) => names.includes(profile));
  const owner = found && roleOfKey(found[0]);
  return owner && { ...owner, identity: found[1].identity };
}

/** Returns the line that writes this profile again; undefined where `assume` did not write it. */
export function lineForProfile(context: Needs<"state">, profile: string): string | undefined {
  const owner = findOwner(context, profile);
  return owner && commandLine(["awst", "assume", owner.account, owner.role]);
}

/** Returns a path that the line of this profile calls and that no longer exists, as far as awst wrote the line. */
function findMissingProgram(
  context: Needs<"state" | "fileFingerprint">,
  profile: string,
): string | undefined {
  const calls = findProfile(context, profile)?.calls;
  return calls?.find((path) => context.fileFingerprint(path) === undefined);
}

function findProfile(context: Needs<"state">, profile: string): CachedProfiles | undefined {
  const { roles } = context.state.read(profileCacheFile);
  return Object.values(roles).find(({ names }) => names.includes(profile));
}
