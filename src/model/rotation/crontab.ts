// A crontab as text, of which one marked line is awst's: everything else stays byte for byte. cron catches
// nothing up, and so the line runs every hour.

import type { ScheduledJob } from "./schedule.ts";

/** Longer ones are refused by some crons, or cut. */
export const longestCommand = 990;

/** Without its line end. `%` ends a command for cron unless a backslash stands before it. */
export function crontabLine(job: ScheduledJob): string {
  const variables = Object.entries(job.environment).map(([name, value]) => `${name}=${value}`);
  const words = ["/usr/bin/env", ...variables, ...job.words].map(quote).join(" ");
  const command = `${words} >/dev/null 2>&1 ${markOf(job.name)}`;
  return `${job.minute} * * * * ${command.replaceAll("%", "\\%")}`;
}

/** The command of a line as cron hands it to the shell. */
export function crontabCommand(line: string): string {
  return line.replace(/^(\S+\s+){5}/, "").replaceAll("\\%", "%");
}

/** The crontab with this line in the place of the one of the same name, else at its end. */
export function withCrontabLine(text: string, name: string, line: string): string {
  const lines = text.split(/(?<=\n)/);
  const at = lines.findIndex((each) => isOurs(each, name));
  if (at >= 0) {
    const others = lines.filter((each, index) => index === at || !isOurs(each, name));
    return others.map((each) => (isOurs(each, name) ? `${line}\n` : each)).join("");
  }
  const isOpen = text !== "" && !text.endsWith("\n");
  return `${text}${isOpen ? "\n" : ""}${line}\n`;
}

export function withoutCrontabLine(text: string, name: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((each) => !isOurs(each, name))
    .join("");
}

/** Without its line end; undefined when there is none. */
export function findCrontabLine(text: string, name: string): string | undefined {
  return text.split("\n").find((each) => isOurs(each, name));
}

function isOurs(line: string, name: string): boolean {
  return !/^\s*#/.test(line) && line.trimEnd().endsWith(` ${markOf(name)}`);
}

function markOf(name: string): string {
  return `# ${name}`;
}

function quote(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
