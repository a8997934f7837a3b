// `awst key rotate`: replaces the access key that awst uses by a new one.

import { defineCommand } from "../../args/command.ts";
import { duration, flag } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { printNotices } from "../../flows/rotation/background-reports.ts";
import type { RotationOptions } from "../../flows/rotation/rotate-key.ts";
import {
  rotateAutomatically,
  rotateByHand,
  rotateUnattended,
  takeFirstRotationNotice,
} from "../../flows/rotation/rotate-unattended.ts";
import { maxGraceSeconds } from "../../model/rotation/rotation-journal.ts";
import {
  type RotationReport,
  rotationJson,
  rotationLines,
} from "../../output/rotation/rotation-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key rotate",
  group: "Keys",
  summary: "replace the access key with a new one, safely",
  details:
    "Creates a new key, stores and verifies it, switches to it, deactivates the old key, and deletes the old key after the grace period; until then --undo restores it. Whatever fails, the keychain holds a key that works, and the next run completes or rolls back the rotation. Keys that awst did not create stay unchanged.",
  options: {
    ifOlderThan: duration("TIME", "rotate only a key that is older: 7d", {
      examples: ["36h", "7d", "90d"],
      needsUnit: true,
    }),
    grace: duration("TIME", "how long --undo can restore the old key; default 24h", {
      most: maxGraceSeconds,
      expected: "at most 365d",
      examples: ["1h", "36h", "7d"],
    }),
    yes: flag("delete the old key of the last rotation within its grace period, without asking"),
    dryRun: flag("print the steps, and take none"),
    unattended: flag(
      "never prompt: status 3 if input is needed, and a notice for the next command",
    ),
    automatic: flag(
      "rotate as assume does in the background: unattended, by keyRotationIntervalMinutes",
    ),
    resume: flag("complete or roll back a rotation in progress; start none"),
    undo: flag("restore the old key, until it is deleted"),
    mfaCode,
  },
  conflicts: {
    undo: ["resume", "ifOlderThan", "grace", "dryRun", "unattended", "yes"],
    resume: ["ifOlderThan", "grace", "dryRun", "yes"],
    automatic: ["undo", "ifOlderThan", "grace", "dryRun", "mfaCode", "yes"],
  },
  examples: [
    { line: "awst key rotate", meaning: "rotate now" },
    { line: "awst key rotate --if-older-than 7d --unattended", meaning: "rotate from a schedule" },
    { line: "awst key rotate --undo", meaning: "restore the old key" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    [
      "result",
      "rotated, finished, undone, rolled-back, waiting, young, nothing, meanwhile or planned",
    ],
    ["wasUnderWay", "whether an earlier run started the rotation"],
    ["currentKeyId", "the key that awst uses now"],
    ["oldKeyId", "the previous key, or null"],
    ["oldKeyState", "active, inactive or deleted, or null"],
    ["undoUntil", "until when --undo works (RFC 3339), or null"],
    ["steps[].step, .key", "what was done, in order"],
    ["waiting[].step, .why", "what is still to do, and why"],
    ["remarks[]", "what was not copied or is worth knowing"],
    ["failure", "why the rotation failed, or null"],
  ],
  // It reports them itself: the run that would complete a rotation must not start beside this one.
  skipsBackgroundReports: () => true,
  async run(context: Context, args) {
    const isByHand = !args.automatic && !args.unattended;
    // After --undo, a notice about the rotation that was undone is not true any more.
    if (isByHand && !args.undo) await printNotices(context);
    const options: RotationOptions = {
      ...readUserRequest({
        ...args,
        fullLine: args.fullLine.filter((each) => !unattended.has(each)),
      }),
      request: args.undo ? "undo" : args.resume ? "resume" : "rotate",
      graceSeconds: args.grace,
      minimumAgeSeconds: args.ifOlderThan,
      unattended: args.unattended,
      dryRun: args.dryRun,
      isConfirmed: args.yes,
      identity: args.identity,
    };
    const report = await (args.automatic
      ? rotateAutomatically(context, args.identity, { isResume: args.resume })
      : rotate(context, options));
    if (report === undefined) return {};
    if (args.undo) await printNotices(context);
    const notice = await takeFirstRotationNotice(context, report);
    const lines = rotationLines(report, context.clock().awsNow);
    const notes = notice === undefined ? lines : [...lines, notice];
    const isChanged = ["rotated", "finished", "undone", "rolled-back"].includes(report.result);
    return {
      json: rotationJson(report),
      notes: isChanged && report.failure === undefined ? successNotes(notes) : notes,
      failure: report.failure,
    };
  },
});

/** A line for a user who can type a code. */
const unattended: ReadonlySet<string> = new Set(["--unattended", "--automatic"]);

async function rotate(context: Context, options: RotationOptions): Promise<RotationReport> {
  const isReal = options.unattended && !options.dryRun;
  return isReal ? rotateUnattended(context, "schedule", options) : rotateByHand(context, options);
}
