// The flags of `key rotate`, checked. USAGE.

import { AwstError } from "../errors.ts";
import { parseDuration } from "../text/duration.ts";
import { flagOption, textOption, type Words } from "../words.ts";

export function readRotationFlags(words: Words) {
  const isUndo = flagOption(words, "undo");
  const isResume = flagOption(words, "resume");
  if (isUndo && isResume) {
    throw new AwstError("USAGE", "--undo and --resume exclude each other", {
      hint: "awst key rotate --help",
    });
  }
  const wish = isUndo ? "undo" : isResume ? "resume" : "rotate";
  return {
    request: wish,
    graceSeconds: durationOption(words, "grace"),
    minimumAgeSeconds: durationOption(words, "if-older-than"),
    unattended: flagOption(words, "unattended"),
    dryRun: flagOption(words, "dry-run"),
  } as const;
}

function durationOption(words: Words, name: string): number | undefined {
  const text = textOption(words, name);
  const seconds = text === undefined ? undefined : parseDuration(text);
  if (text === undefined || seconds !== undefined) return seconds;
  throw new AwstError("USAGE", `--${name} ${JSON.stringify(text)} is no length of time`, {
    hint: "like 90m, 24h, 7d; plain numbers are seconds",
  });
}
