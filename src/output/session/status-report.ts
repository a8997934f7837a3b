// A shell's status for people, in one line, and for prompts, by a template of theirs.

import { AwstError } from "../../model/errors.ts";
import { type ShellStatus, secondsUntil, workableUntil } from "../../model/shell/shell-status.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { spellDuration } from "../../model/text/duration.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { clockText, untilText } from "./session-report.ts";

export function statusLine(status: ShellStatus, now: Date): string {
  const { source, profile, accessKeyId } = status;
  if (source === undefined) {
    return "nothing: neither AWS_PROFILE nor keys; AWS tools take their default profile";
  }
  if (source === "container") return "keys of a local server, renewed by it";
  if (source === "profile") return ofProfile(status, now);
  const over =
    profile === undefined ? "" : `; they win over AWS_PROFILE=${JSON.stringify(profile)}`;
  return `${ofKeys(status, accessKeyId ?? "", now)}${over}`;
}

export function statusJson(status: ShellStatus, awsNow: Date) {
  const { source, state, profile, accessKeyId, account, role, identity } = status;
  const time = (at: Date | undefined) => (at === undefined ? null : rfc3339(at));
  const until = workableUntil(status);
  return {
    source: source ?? null,
    state: state ?? null,
    profile: profile ?? null,
    accessKeyId: accessKeyId ?? null,
    account: account ?? null,
    role: role ?? null,
    identity: identity ?? null,
    expiresAt: time(status.expiresAt),
    renewableUntil: time(status.renewableUntil),
    secondsLeft: until === undefined ? null : secondsUntil(until, awsNow),
  };
}

/** "" where nothing of the template is known. USAGE for a field that does not exist. */
export function fillTemplate(template: string, status: ShellStatus, now: Date): string {
  const fields = fieldsOf(status, now);
  let isEmpty = true;
  const text = template.replace(/\{(\w*)\}/g, (_, name: string) => {
    if (!Object.hasOwn(fields, name)) throw unknownField(name, Object.keys(fields));
    const value = fields[name] ?? "";
    if (value !== "") isEmpty = false;
    return value;
  });
  return isEmpty ? "" : `${text.trimEnd()}\n`;
}

function fieldsOf(status: ShellStatus, now: Date): Readonly<Record<string, string | undefined>> {
  const { account, role, identity, profile, state, expiresAt } = status;
  const until = workableUntil(status);
  return {
    account: account && shown(account),
    role: role && shown(role),
    identity: identity && shown(identity),
    profile: profile && shown(profile),
    left: until && leftText(until, now),
    until: until && clockText(until, now),
    keysLeft: expiresAt && leftText(expiresAt, now),
    keysUntil: expiresAt && clockText(expiresAt, now),
    state,
  };
}

function ofProfile(status: ShellStatus, now: Date): string {
  const { profile = "", account, role, state, expiresAt, renewableUntil } = status;
  if (account === undefined || role === undefined) {
    return `profile ${JSON.stringify(profile)}: none of awst's, as far as it remembers`;
  }
  const name = shown(`${account} ${role}`);
  if (state === "unknown") return `${name}: no session is kept; the next use makes one`;
  const until = workableUntil(status) ?? now;
  if (state === "ended") {
    const again = commandLine(["awst", "assume", account, role]);
    return `${name}: ended at ${clockText(until, now)}; a code is needed: ${again}`;
  }
  const keys =
    expiresAt !== undefined && expiresAt > now
      ? `these keys hold until ${untilText(expiresAt, now)}`
      : "keys are made at the next use";
  const renews = renewableUntil !== undefined && renewableUntil > now;
  if (renews)
    return `${name}: renews without a code until ${untilText(renewableUntil, now)}; ${keys}`;
  const then = renewableUntil === undefined ? " and are not renewed" : ", then a code is needed";
  return `${name}: ${keys}${then}`;
}

function ofKeys(status: ShellStatus, accessKeyId: string, now: Date): string {
  const { account, role, state, expiresAt } = status;
  const whose =
    account === undefined || role === undefined
      ? `${accessKeyId.startsWith("AKIA") ? "a long-term key" : "keys"} of others, ${shown(accessKeyId)}`
      : `keys of ${shown(`${account} ${role}`)}`;
  if (expiresAt === undefined) return `${whose}, in the environment`;
  if (state === "ended") return `${whose} ended at ${clockText(expiresAt, now)}`;
  return `${whose} hold until ${untilText(expiresAt, now)} and are not renewed`;
}

function leftText(until: Date, now: Date): string {
  const seconds = secondsUntil(until, now);
  if (seconds === 0) return "ended";
  return spellDuration(seconds < 60 ? seconds : seconds - (seconds % 60));
}

/** What came from an environment can't speak to the terminal. */
function shown(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

function unknownField(name: string, known: readonly string[]): AwstError {
  return new AwstError("USAGE", `--format knows no {${name}}`, {
    hint: `it knows ${known.map((each) => `{${each}}`).join(", ")}`,
  });
}
