// Starts a detached `awst key rotate --automatic`: after an MFA code, if the key may be due; with any live MFA
// session, if an earlier rotation is unfinished. No command waits for it; the next one prints its notices.

import type { Identity } from "../../model/configuration/configuration.ts";
import { isAwstError } from "../../model/errors.ts";
import { createdAtOf, keyAgesFile } from "../../model/key/key-ages.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
import { noticesFile, withNotice } from "../../model/rotation/notices.ts";
import {
  mayResume,
  mayRunAutomatically,
  rotationRunsFile,
  withTime,
} from "../../model/rotation/rotation-runs.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import type { ObtainedSession } from "../../model/session/session-request.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Needs } from "../../ports.ts";
import { fingerprintOfJournal, mayBePending } from "./open-rotations.ts";

type StartNeeds = Needs<"state" | "now" | "clock" | "paths" | "detached" | "debug">;

/** After an MFA code: rotates a key that may be due. `resumeRotation` has started a run already if an earlier
 *  rotation is unfinished. A failure does not affect the command. */
export async function startAutomaticRotation(
  context: StartNeeds,
  { how, target }: Pick<ObtainedSession, "how" | "target">,
): Promise<void> {
  if (how !== "new" || target === undefined) return;
  await ignoreStartFailure(context, startDueRotation(context, target.identity));
}

async function startDueRotation(
  context: StartNeeds,
  { name, keyRotationIntervalMinutes: minutes }: Identity,
): Promise<boolean> {
  if (minutes === 0 || importedKeyId(context, name) === undefined) return false;
  if (mayBePending(context, name) || !mayRotationBeDue(context, name, minutes * 60)) return false;
  const runs = context.state.read(rotationRunsFile);
  if (!mayRunAutomatically(runs, name, context.now())) {
    context.debug("the last automatic rotation failed: the next one starts a day after it");
    return false;
  }
  return start(context, name, []);
}

/** Completes a rotation that an earlier run left unfinished, and deletes an old key whose grace period is over, if
 *  the MFA session is live. `isNewCode`: a code was used just now, which a step may have waited for. Returns
 *  whether a run was started. A failure does not affect the command. */
export async function resumeRotation(
  context: StartNeeds,
  identity: string,
  how: { readonly isNewCode: boolean },
): Promise<boolean> {
  return ignoreStartFailure(context, startPendingRotation(context, identity, how));
}

/** The session is there already: what its rotation needs may be missing. */
async function ignoreStartFailure(
  { debug }: Needs<"debug">,
  started: Promise<boolean>,
): Promise<boolean> {
  try {
    return await started;
  } catch (error) {
    if (!isAwstError(error)) throw error;
    debug(`automatic rotation: ${error.message}`);
    return false;
  }
}

async function startPendingRotation(
  context: StartNeeds,
  identity: string,
  { isNewCode }: { readonly isNewCode: boolean },
): Promise<boolean> {
  if (!mayBePending(context, identity) || importedKeyId(context, identity) === undefined) {
    return false;
  }
  if (!isNewCode && !hasLiveSession(context, identity)) return false;
  const runs = context.state.read(rotationRunsFile);
  const fingerprint = fingerprintOfJournal(context, identity);
  if (!isNewCode && !mayResume(runs, identity, fingerprint, context.now())) return false;
  return start(context, identity, ["--resume"]);
}

async function start(
  context: StartNeeds,
  identity: string,
  more: readonly string[],
): Promise<boolean> {
  const { configuration, configurationIsNamed } = context.paths;
  const config = configurationIsNamed ? ["--config", configuration] : [];
  const args = ["key", "rotate", "--automatic", ...more, ...config, "--identity", identity];
  const isStarted = await (await context.detached()).start(args);
  context.debug(isStarted ? "automatic rotation: started" : "automatic rotation: not started");
  const now = context.now();
  if (isStarted) {
    const run = { at: now, journalFingerprint: fingerprintOfJournal(context, identity) };
    await context.state.update(rotationRunsFile, (runs) =>
      withTime(runs, identity, "startedAt", run),
    );
    return true;
  }
  const text = `the automatic rotation of the access key of "${identity}" can't start in the background`;
  const command = ["awst", "key", "rotate", ...more, "--identity", identity];
  await context.state.update(noticesFile, (notices) =>
    withNotice(notices, {
      kind: "failed",
      identity,
      at: now.toISOString(),
      text,
      command: commandLine(command),
    }),
  );
  return false;
}

/** Decides from state files only, which may be forged: a run decides again. `minimumAgeSeconds` undefined: only an
 *  unfinished rotation counts, not the key's age. */
export function mayRotationBeDue(
  context: Needs<"state" | "clock">,
  identity: string,
  minimumAgeSeconds: number | undefined,
): boolean {
  if (mayBePending(context, identity)) return true;
  if (minimumAgeSeconds === undefined) return false;
  const keyId = importedKeyId(context, identity);
  const createdAt = keyId && createdAtOf(context.state.read(keyAgesFile), keyId);
  const { awsNow } = context.clock();
  return !createdAt || awsNow.getTime() - createdAt.getTime() >= minimumAgeSeconds * 1000;
}

/** Returns undefined for a key that is unknown or in an AWS profile, not in the keychain. */
function importedKeyId({ state }: Needs<"state">, identity: string): string | undefined {
  const cached = state.read(cachedKeyIdsFile)[identity];
  return cached?.credentialsStamp === undefined ? cached?.accessKeyId : undefined;
}

function hasLiveSession(context: Needs<"state" | "clock">, identity: string): boolean {
  const entry = context.state.read(sessionIndexFile)[mfaSessionItem(identity)];
  const { now, awsNow } = context.clock();
  const latest = Math.max(now.getTime(), awsNow.getTime());
  return entry !== undefined && Date.parse(entry.expiresAt) > latest;
}
