// Edits the one line of a crontab that belongs to awst, marked by a comment at its end. Every other byte
// stays. cron does not make up for missed runs, so the line runs every hour.

import type { ScheduledJob } from "./schedule.ts";

/** Some crons reject or cut longer lines. */
export const maxLineBytes = 990;

/** Returns the line without its line end. cron ends a command at a `%` without a backslash. */
export function crontabLine(job: ScheduledJob): string {
  const variables = Object.entries(job.environment).map(([name, value]) => `${name}=${value}`);
  const call = ["/usr/bin/env", ...variables, ...job.command].map(quote).join(" ");
  const command = `${call} >/dev/null 2>&1 ${markOf(job.name)}`;
  return `${job.minute} * * * * ${command.replaceAll("%", "\\%")}`;
}

/** Returns the command of a line as cron passes it to the shell. */
export function crontabCommand(line: string): string {
  return line.replace(/^(\S+\s+){5}/, "").replaceAll("\\%", "%");
}

/** Returns the crontab in which this line replaces the job's line, or is appended. */
export function withCrontabLine(text: string, name: string, line: string): string {
  const lines = text.split(/(?<=\n)/);
  const at = lines.findIndex((each) => isLineOf(each, name));
  if (at >= 0) {
    const others = lines.filter((each, index) => index === at || !isLineOf(each, name));
    return others.map((each) => (isLineOf(each, name) ? `${line}\n` : each)).join("");
  }
  const lacksLineEnd = text !== "" && !text.endsWith("\n");
  return `${text}${lacksLineEnd ? "\n" : ""}${line}\n`;
}

export function withoutCrontabLine(text: string, name: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((each) => !isLineOf(each, name))
    .join("");
}

/** Returns the job's line without its line end; undefined if there is none. */
export function findCrontabLine(text: string, name: string): string | undefined {
  return text.split("\n").find((each) => isLineOf(each, name));
}

function isLineOf(line: string, name: string): boolean {
  return !/^\s*#/.test(line) && line.trimEnd().endsWith(` ${markOf(name)}`);
}

function markOf(name: string): string {
  return `# ${name}`;
}

function quote(arg: string): string {
  return /^[\w@+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
