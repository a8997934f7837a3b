// What a typed command reports about rotations in the background, before it does its own work: notices of
// finished runs, schedules that can't start or don't run, runs that never ended, and unfinished rotations.

import {
  lateProblems,
  scheduleProblems,
  schedulesFile,
  withLateness,
} from "../../model/rotation/installed-schedules.ts";
import { isAboutCurrentKey, type Notice, noticesFile } from "../../model/rotation/notices.ts";
import { rotationProblem, unreadableText } from "../../model/rotation/open-rotation.ts";
import { lostStart, mayBeRunning, rotationRunsFile } from "../../model/rotation/rotation-runs.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { lostStartProblem, noticeLines } from "../../output/rotation/unattended-report.ts";
import type { Needs } from "../../ports.ts";
import { findOpenRotations } from "../session/open-rotations.ts";
import { resumeRotation } from "../session/start-rotation.ts";

type ReportNeeds = Needs<
  "state" | "now" | "clock" | "paths" | "detached" | "debug" | "say" | "quiet" | "fileFingerprint"
>;

/** Before the command: prints what happened in the background, and starts what can be completed now. */
export async function reportBackground(context: ReportNeeds): Promise<void> {
  await printNotices(context);
  await printScheduleProblems(context);
  await printRotationProblems(context);
}

/** After the command: completes unfinished rotations in the MFA session that the command may have opened. */
export async function resumeRotations(context: ReportNeeds): Promise<void> {
  for (const { identity } of findOpenRotations(context)) {
    await resumeRotation(context, identity, { isNewCode: false });
  }
}

/** Reports schedules that can't start or don't run, every time, until they are installed again or removed. */
async function printScheduleProblems(
  context: Needs<"state" | "now" | "fileFingerprint" | "say">,
): Promise<void> {
  const schedules = context.state.read(schedulesFile);
  if (Object.keys(schedules).length === 0) return;
  const exists = (path: string) => context.fileFingerprint(path) !== undefined;
  const missing = scheduleProblems(schedules, exists);
  const runs = context.state.read(rotationRunsFile);
  const lastRun = (identity: string) => runs[identity]?.schedule?.at;
  const now = context.now();
  if (withLateness(schedules, lastRun, now) !== undefined) {
    await context.state.update(schedulesFile, (all) => withLateness(all, lastRun, now));
  }
  const late =
    missing.length > 0 ? [] : lateProblems(context.state.read(schedulesFile), lastRun, now);
  for (const { message, hint } of missing) context.say(`${message}; to repair: ${hint}`);
  for (const { message, hint } of late) context.say(`${message}; to see why: ${hint}`);
}

/** Names every rotation that is unfinished and that no run in the background completes just now. */
async function printRotationProblems(context: ReportNeeds): Promise<void> {
  const { awsNow } = context.clock();
  const open = findOpenRotations(context, (error) => context.say(unreadableText(error)));
  for (const rotation of open) {
    const { identity } = rotation;
    const problem = rotationProblem(rotation, awsNow);
    const isStarted = await resumeRotation(context, identity, { isNewCode: false });
    if (problem === undefined) continue;
    const runs = context.state.read(rotationRunsFile);
    if (isStarted) {
      context.say(`${problem.message}; awst completes the rotation in the background`);
    } else if (!mayBeRunning(runs[identity], context.now())) {
      context.say(`${problem.message}; to complete the rotation: ${problem.hint}`);
    }
  }
  const now = context.now();
  for (const [identity, runs] of Object.entries(context.state.read(rotationRunsFile))) {
    const startedAt = lostStart(runs, now);
    if (startedAt === undefined) continue;
    const { message, hint } = lostStartProblem(identity, startedAt, now);
    context.say(`${message}; to see why: ${hint}`);
  }
}

/** Prints each notice once, unless another key is in use by now. With --quiet they wait for a command without it. */
export async function printNotices(
  context: Needs<"state" | "now" | "say" | "quiet">,
): Promise<void> {
  if (context.quiet || context.state.read(noticesFile).length === 0) return;
  let taken: readonly Notice[] = [];
  await context.state.update(noticesFile, (notices) => {
    taken = notices;
    return [];
  });
  const keys = context.state.read(cachedKeyIdsFile);
  const current = taken.filter((each) => isAboutCurrentKey(each, keys[each.identity]?.accessKeyId));
  for (const line of noticeLines(current, context.now())) context.say(line);
}
