// awst status: prints this shell's profile or keys and when they expire. It works offline, and its exit status is 0.

import { defineCommand } from "../args/command.ts";
import { text } from "../args/options.ts";
import {
  readStatus,
  type UnfinishedRotation,
  type UnreadableRotation,
} from "../flows/shell/read-status.ts";
import { unreadableText } from "../model/rotation/open-rotation.ts";
import { fillTemplate, statusJson, statusLine } from "../output/session/status-report.ts";
import type { Style } from "../output/style.ts";
import type { Needs } from "../ports.ts";

function rotationsJson(unfinished: readonly UnfinishedRotation[]) {
  return unfinished.map(({ rotation: { identity, state, oldKeyId, newKeyId = null } }) => ({
    identity,
    state,
    oldKeyId,
    newKeyId,
  }));
}

function unreadableJson(unreadable: readonly UnreadableRotation[]) {
  return unreadable.map(({ identity, message, hint = null }) => ({ identity, message, hint }));
}

export const command = defineCommand({
  name: "status",
  group: "Shell",
  summary: "print what this shell has and for how long; fast enough for a prompt",
  details:
    'Reads the environment and awst\'s state files only. The exit status is 0 whatever the shell has. --format replaces {account}, {role}, {identity}, {profile}; {left} and {until}: until a code is needed; {keysLeft} and {keysUntil}: until the credentials expire; {state}: live, ended, broken or unknown; {production}: "production" in an account that is marked so. It prints nothing if the shell has no session of awst. For starship: [custom.awst] with command = "awst status --format \'{account}/{role} {left}\'" and when = true.',
  options: {
    format: text("TEXT", "print this text, with {account}, {role}, {left} and more replaced"),
  },
  conflicts: { json: ["format"] },
  examples: [
    { line: "awst status", meaning: "one line" },
    { line: 'awst status --format "{account}/{role} {left}"', meaning: "for a prompt" },
  ],
  json: [
    ["source", "profile, keys, container; null if the shell has nothing"],
    [
      "state",
      "live, ended, broken (the profile calls a program that does not exist), unknown (not of awst, or never assumed), or null",
    ],
    ["profile", "the profile that AWS tools use here, or null"],
    ["accessKeyId", "the id of the access key in the environment, or null"],
    ["account, role, identity", "null if unknown"],
    ["production", "whether the account is marked as production"],
    ["expiresAt", "when these credentials expire, RFC 3339, UTC, or null"],
    ["renewableUntil", "until when they renew automatically, or null"],
    ["secondsLeft", "until a code is needed, or null"],
    [
      "unfinishedRotations[].identity, .state",
      "rotations that stopped before they were complete: creating, created, switched, undoing, overdue",
    ],
    ["unfinishedRotations[].oldKeyId, .newKeyId", "the two access keys; null if unknown"],
    [
      "unreadableRotations[].identity, .message, .hint",
      "rotations whose journals can't be read; hint: what to type, or null",
    ],
  ],
  skipsBackgroundReports: () => true,
  async run(context: Needs<"env" | "state" | "clock" | "fileFingerprint">, { format }) {
    const { status, awsNow, unfinishedRotations, unreadableRotations } = await readStatus(context);
    const text =
      format === undefined
        ? (style: Style) => `${statusLine(status, awsNow, style)}\n`
        : fillTemplate(format, status, awsNow);
    const problems = unfinishedRotations.map(
      ({ message, hint }) => `${message}; to complete the rotation: ${hint}`,
    );
    return {
      json: {
        ...statusJson(status, awsNow),
        unfinishedRotations: rotationsJson(unfinishedRotations),
        unreadableRotations: unreadableJson(unreadableRotations),
      },
      text,
      notes: format === undefined ? [...problems, ...unreadableRotations.map(unreadableText)] : [],
    };
  },
});
