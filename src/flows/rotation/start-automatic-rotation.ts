// After an MFA code was entered: starts a detached `awst key rotate --automatic` if the key may be due or an
// earlier rotation is incomplete. `assume` does not wait for it; the next `assume` prints its notices.

import { createdAtOf, keyAgesFile } from "../../model/key/key-ages.ts";
import { scheduleProblems, schedulesFile } from "../../model/rotation/installed-schedules.ts";
import { type Notice, noticesFile } from "../../model/rotation/notices.ts";
import { hasPendingWork, journalFile } from "../../model/rotation/rotation-journal.ts";
import { mayRunAutomatically, rotationRunsFile } from "../../model/rotation/rotation-runs.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import type { ObtainedSession } from "../../model/session/session-request.ts";
import { noticeLines } from "../../output/rotation/unattended-report.ts";
import type { Needs } from "../../ports.ts";

export async function startAutomaticRotation(
  context: Needs<"state" | "now" | "clock" | "paths" | "detached" | "debug">,
  { how, target }: Pick<ObtainedSession, "how" | "target">,
): Promise<void> {
  if (how !== "new" || target === undefined) return;
  const { name, keyRotationIntervalMinutes: minutes } = target.identity;
  if (importedKeyId(context, name) === undefined) return;
  if (!mayRotationBeDue(context, name, minutes === 0 ? undefined : minutes * 60)) return;
  const runs = context.state.read(rotationRunsFile);
  if (!mayRunAutomatically(runs, name, context.now())) {
    return context.debug("the last automatic rotation failed: the next one starts a day after it");
  }
  const { configuration, configurationIsNamed } = context.paths;
  const config = configurationIsNamed ? ["--config", configuration] : [];
  const args = ["key", "rotate", "--automatic", ...config, "--identity", name];
  const isStarted = await (await context.detached()).start(args);
  context.debug(isStarted ? "automatic rotation: started" : "automatic rotation: not started");
}

/** Decides from state files only. `minimumAgeSeconds` undefined: only an incomplete rotation counts, not the
 *  key's age. */
export function mayRotationBeDue(
  context: Needs<"state" | "clock">,
  identity: string,
  minimumAgeSeconds: number | undefined,
): boolean {
  const { awsNow } = context.clock();
  if (hasPendingWork(context.state.read(journalFile(identity)), awsNow)) return true;
  if (minimumAgeSeconds === undefined) return false;
  const keyId = importedKeyId(context, identity);
  const createdAt = keyId && createdAtOf(context.state.read(keyAgesFile), keyId);
  return !createdAt || awsNow.getTime() - createdAt.getTime() >= minimumAgeSeconds * 1000;
}

/** Returns undefined for a key that is unknown or in an AWS profile, not in the keychain. */
function importedKeyId({ state }: Needs<"state">, identity: string): string | undefined {
  const cached = state.read(cachedKeyIdsFile)[identity];
  return cached?.credentialsStamp === undefined ? cached?.accessKeyId : undefined;
}

/** Reports schedules that can't start, every time, until they are installed again or removed. */
export function printScheduleProblems(context: Needs<"state" | "fileFingerprint" | "say">): void {
  const exists = (path: string) => context.fileFingerprint(path) !== undefined;
  for (const { message, hint } of scheduleProblems(context.state.read(schedulesFile), exists)) {
    context.say(`${message}; to repair: ${hint}`);
  }
}

/** Prints each notice once. With --quiet they wait for a command without it. */
export async function printNotices(
  context: Needs<"state" | "now" | "say" | "quiet">,
): Promise<void> {
  if (context.quiet || context.state.read(noticesFile).length === 0) return;
  let taken: readonly Notice[] = [];
  await context.state.update(noticesFile, (notices) => {
    taken = notices;
    return [];
  });
  for (const line of noticeLines(taken, context.now())) context.say(line);
}
