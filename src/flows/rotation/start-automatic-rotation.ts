// After a code was entered: when the key is older than the configuration allows, or an earlier rotation has
// something left to do, awst is started apart for it. Nobody waits; the next `assume` tells how it went.

import { clockName, clockOf } from "../../model/clock.ts";
import {
  decodeNotices,
  encodeNotices,
  type Notice,
  noticesName,
} from "../../model/rotation/notices.ts";
import {
  decodeJournal,
  hasPendingWork,
  journalName,
} from "../../model/rotation/rotation-journal.ts";
import {
  decodeRotationRuns,
  mayRunAutomatically,
  rotationRunsName,
} from "../../model/rotation/rotation-runs.ts";
import { cachedKeyIdsName, decodeCachedKeyIds } from "../../model/session/config-cache.ts";
import type { ObtainedSession } from "../../model/session/session-request.ts";
import { noticeLines } from "../../output/rotation/notice-report.ts";
import type { Needs } from "../../ports.ts";
import { readMadeAt } from "../key/key-ages.ts";

export async function startAutomaticRotation(
  context: Needs<"state" | "now" | "paths" | "detached" | "debug">,
  { how, target }: Pick<ObtainedSession, "how" | "target">,
): Promise<void> {
  if (how !== "new" || target === undefined) return;
  const { name, keyRotationIntervalMinutes: minutes } = target.identity;
  const note = decodeCachedKeyIds(context.state.read(cachedKeyIdsName))[name];
  const isImported = note !== undefined && note.credentialsStamp === undefined;
  if (!isImported) return;
  if (!(await mayRotationBeDue(context, name, minutes === 0 ? undefined : minutes * 60))) return;
  const runs = decodeRotationRuns(context.state.read(rotationRunsName));
  if (!mayRunAutomatically(runs, name, context.now())) {
    return context.debug("the last automatic rotation did not work: tried again a day after it");
  }
  const { configuration, configurationIsNamed } = context.paths;
  const named = configurationIsNamed ? ["--config", configuration] : [];
  const words = ["key", "rotate", "--automatic", ...named, "--identity", name];
  const isStarted = await (await context.detached()).start(words);
  context.debug(
    isStarted ? "automatic rotation: started apart" : "automatic rotation: not started",
  );
}

/** `minimumAgeSeconds` undefined: what was begun counts, the key's age does not. */
export async function mayRotationBeDue(
  context: Needs<"state" | "now">,
  identity: string,
  minimumAgeSeconds: number | undefined,
): Promise<boolean> {
  const { awsNow } = clockOf(context.state.read(clockName), context.now());
  const journal = decodeJournal(context.state.read(journalName(identity)));
  if (hasPendingWork(journal, awsNow)) return true;
  if (minimumAgeSeconds === undefined) return false;
  const note = decodeCachedKeyIds(context.state.read(cachedKeyIdsName))[identity];
  const isImported = note !== undefined && note.credentialsStamp === undefined;
  const madeAt = isImported ? await readMadeAt(context, note.accessKeyId) : undefined;
  if (madeAt === undefined) return true;
  return awsNow.getTime() - madeAt.getTime() >= minimumAgeSeconds * 1000;
}

export async function showNotices(
  context: Needs<"state" | "now" | "say" | "quiet">,
): Promise<void> {
  // Where nothing may be said it waits for one that may.
  if (context.quiet || decodeNotices(context.state.read(noticesName)).length === 0) return;
  let taken: readonly Notice[] = [];
  await context.state.update(noticesName, (old) => {
    taken = decodeNotices(old);
    return encodeNotices([]);
  });
  for (const line of noticeLines(taken, context.now())) context.say(line);
}
