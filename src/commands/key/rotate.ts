// `awst key rotate`: another access key in the place of the one awst holds.

import { defineCommand } from "../../args/command.ts";
import { duration, flag } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { type RotationOptions, rotateKey } from "../../flows/rotation/rotate-key.ts";
import {
  rotateAutomatically,
  rotateUnattended,
  takeFirstRotationNotice,
} from "../../flows/rotation/rotate-unattended.ts";
import {
  describeRotation,
  type RotationReport,
  rotationLines,
} from "../../output/rotation/rotation-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key rotate",
  group: "Keys",
  summary: "replace the access key by a new one, safely",
  details:
    "Makes a new key, stores it, proves it, switches to it, deactivates the old one, and deletes that after the grace time; until then --undo goes back. Whatever goes wrong, a key that works stays in the keychain, and the next run finishes or takes back what was begun. Keys that awst did not make are not touched.",
  options: {
    ifOlderThan: duration("TIME", "do nothing for a younger key: 7d"),
    grace: duration("TIME", "how long the old key can be had again; default 24h"),
    dryRun: flag("say the steps, and take none"),
    unattended: flag(
      "ask nobody: 3 where a person is needed, and word is left for the next assume",
    ),
    automatic: flag(
      "as assume begins it by itself: unattended, by keyRotationIntervalMinutes, an imported key",
    ),
    resume: flag("finish or take back what was begun, and begin nothing"),
    undo: flag("go back to the old key, until that is deleted"),
    mfaCode,
  },
  conflicts: { undo: ["resume"] },
  examples: [
    { line: "awst key rotate", meaning: "a new key now" },
    { line: "awst key rotate --if-older-than 7d --unattended", meaning: "from a schedule" },
    { line: "awst key rotate --undo", meaning: "the old one again" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    [
      "outcome",
      "rotated, finished, undone, rolled-back, waiting, young, nothing, meanwhile or planned",
    ],
    ["wasUnderWay", "whether an earlier run had begun it"],
    ["heldKeyId", "the key that awst holds now"],
    ["oldKeyId", "the one before it, or null"],
    ["oldKeyState", "active, inactive or deleted, or null"],
    ["undoUntil", "until when --undo works (RFC 3339), or null"],
    ["steps[].step, .key", "what was done, in its order"],
    ["waiting[].step, .why", "what is left to do, and what it waits for"],
    ["remarks[]", "what did not go along, and why"],
    ["failure", "why it did not work, or null"],
  ],
  async run(context: Context, args) {
    const options: RotationOptions = {
      ...readUserRequest(args),
      request: args.undo ? "undo" : args.resume ? "resume" : "rotate",
      graceSeconds: args.grace,
      minimumAgeSeconds: args.ifOlderThan,
      unattended: args.unattended,
      dryRun: args.dryRun,
      identity: args.identity,
    };
    const report = await (args.automatic
      ? rotateAutomatically(context, args.identity)
      : rotate(context, options));
    if (report === undefined) return {};
    if (args.json) await context.out(`${JSON.stringify(describeRotation(report))}\n`);
    for (const line of rotationLines(report, context.now())) context.say(line);
    const terms = await takeFirstRotationNotice(context, report);
    if (terms !== undefined) context.say(terms);
    if (report.failure !== undefined) throw report.failure;
    return {};
  },
});

async function rotate(
  context: Context,
  options: RotationOptions,
): Promise<RotationReport | undefined> {
  const isReal = options.unattended && !options.dryRun;
  return isReal ? rotateUnattended(context, "schedule", options) : rotateKey(context, options);
}
