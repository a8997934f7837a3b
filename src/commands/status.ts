// awst status: what this shell has now, and how long. Offline, and 0 whatever it is.

import { defineCommand } from "../args/command.ts";
import { text } from "../args/options.ts";
import { readStatus } from "../flows/shell/read-status.ts";
import { fillTemplate, statusJson, statusLine } from "../output/session/status-report.ts";
import type { Needs } from "../ports.ts";

export const command = defineCommand({
  name: "status",
  group: "Shell",
  summary: "what this shell has now, and how long; offline, fast enough for a prompt",
  details:
    "Reads the environment and what awst remembers, nothing else; its exit status is 0, whatever the shell has. --format fills in {account}, {role}, {identity}, {profile}; {left} and {until}: until a code is needed; {keysLeft} and {keysUntil}: until these keys end; {state}: live, ended or unknown. It prints nothing where the shell has nothing of awst's. For starship: [custom.awst] with command = \"awst status --format '{account}/{role} {left}'\" and when = true.",
  options: {
    format: text("TEXT", "a text with {account}, {role}, {left} and others"),
  },
  conflicts: { json: ["format"] },
  examples: [
    { line: "awst status", meaning: "one line" },
    { line: 'awst status --format "{account}/{role} {left}"', meaning: "for a prompt" },
  ],
  json: [
    ["source", "profile, keys, container, or null where the shell has nothing"],
    ["state", "live, ended, unknown (not awst's, or never assumed), or null"],
    ["profile", "the profile AWS tools take here, or null"],
    ["accessKeyId", "of keys in the environment, or null"],
    ["account, role, identity", "as far as awst knows them, or null"],
    ["expiresAt", "end of these keys, RFC 3339, UTC, or null"],
    ["renewableUntil", "until when they renew without a code, or null"],
    ["secondsLeft", "until a code is needed, or null"],
  ],
  async run(context: Needs<"env" | "state" | "clock">, { format }) {
    const { status, awsNow } = await readStatus(context);
    const text =
      format === undefined
        ? `${statusLine(status, awsNow)}\n`
        : fillTemplate(format, status, awsNow);
    return { json: statusJson(status, awsNow), text };
  },
});
