// The report of `status`: one line for the user, JSON, or a template for prompts.

import { AwstError } from "../../model/errors.ts";
import { type ShellStatus, secondsUntil, usableUntil } from "../../model/shell/shell-status.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { spellDuration } from "../../model/text/duration.ts";
import { oneLine } from "../../model/text/one-line.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../style.ts";
import { clockText, lifetimeText, untilText } from "./session-report.ts";

export function statusLine(status: ShellStatus, now: Date, style: Style): string {
  const { source, profile, accessKeyId } = status;
  if (source === undefined) {
    return "no profile and no credentials in this shell: AWS tools use their default profile";
  }
  if (source === "container") return ofServer(status, now, style);
  if (source === "profile") return ofProfile(status, now, style);
  const over =
    profile === undefined ? "" : `; they override AWS_PROFILE=${JSON.stringify(oneLine(profile))}`;
  return `${ofKeys(status, accessKeyId ?? "", now, style)}${over}`;
}

export function statusJson(status: ShellStatus, awsNow: Date) {
  const { source, state, profile, accessKeyId, account, role, identity } = status;
  const time = (at: Date | undefined) => (at === undefined ? null : rfc3339(at));
  const until = usableUntil(status);
  return {
    source: source ?? null,
    state: state ?? null,
    profile: profile ?? null,
    accessKeyId: accessKeyId ?? null,
    account: account ?? null,
    role: role ?? null,
    identity: identity ?? null,
    production: status.production,
    expiresAt: time(status.expiresAt),
    renewableUntil: time(status.renewableUntil),
    secondsLeft: until === undefined ? null : secondsUntil(until, awsNow),
  };
}

/** Returns "" if no field of the template is known. Throws USAGE for a field that does not exist. */
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
  const until = usableUntil(status);
  return {
    account: account && oneLine(account),
    role: role && oneLine(role),
    identity: identity && oneLine(identity),
    profile: profile && oneLine(profile),
    left: until && leftText(until, now),
    until: until && clockText(until, now),
    keysLeft: expiresAt && leftText(expiresAt, now),
    keysUntil: expiresAt && clockText(expiresAt, now),
    state,
    production: status.production ? "production" : undefined,
  };
}

function ofProfile(status: ShellStatus, now: Date, style: Style): string {
  const { profile = "", account, role } = status;
  if (status.missingProgram !== undefined) {
    const missing = oneLine(status.missingProgram);
    return `profile ${JSON.stringify(profile)} calls ${missing}, which does not exist; to repair: awst profile sync`;
  }
  if (account === undefined || role === undefined) {
    return `profile ${JSON.stringify(oneLine(profile))} is not known to awst`;
  }
  return ofRole(status, { account, role, name: nameOf(status, style) }, now);
}

function ofServer(status: ShellStatus, now: Date, style: Style): string {
  const { account, role } = status;
  if (account === undefined || role === undefined) {
    return "credentials of a local server, which renews them";
  }
  const name = `${nameOf(status, style)} by exec --server`;
  if (status.state === "unknown") return `${name}: no cached session`;
  return ofRole(status, { account, role, name }, now);
}

function ofRole(
  status: ShellStatus,
  { account, role, name }: { account: string; role: string; name: string },
  now: Date,
): string {
  const { state, expiresAt, renewableUntil } = status;
  const again = commandLine(["awst", "assume", account, role]);
  if (status.hasLostKeys) {
    return `${name}: the credentials in the profile were removed; to write new ones: ${again}`;
  }
  if (state === "unknown") {
    const next = status.needsCode ? "needs an MFA code" : "requests one";
    return `${name}: no cached session; the next use ${next}`;
  }
  const until = usableUntil(status) ?? now;
  if (state === "ended") {
    return `${name}: expired at ${clockText(until, now)}; to get a new session: ${again}`;
  }
  if (expiresAt === undefined || expiresAt <= now) {
    return `${name}: renews automatically until ${untilText(until, now)}; the next use requests new credentials`;
  }
  const isRenewed = renewableUntil !== undefined && renewableUntil > expiresAt;
  const current = isRenewed ? `; current credentials expire at ${untilText(expiresAt, now)}` : "";
  return `${name}: ${lifetimeText({ expiresAt, renewableUntil }, now)}${current}`;
}

function ofKeys(status: ShellStatus, accessKeyId: string, now: Date, style: Style): string {
  const { account, role, state, expiresAt } = status;
  const whose =
    account === undefined || role === undefined
      ? `${accessKeyId.startsWith("AKIA") ? "access key" : "credentials"} ${oneLine(accessKeyId)}, not from awst,`
      : `credentials of ${nameOf(status, style)}`;
  if (expiresAt === undefined) return `${whose} in the environment`;
  if (state === "ended") return `${whose} expired at ${clockText(expiresAt, now)}`;
  return `${whose} expire at ${untilText(expiresAt, now)} and are not renewed`;
}

/** A production account is marked by a word, and by its color where there are colors. */
function nameOf({ account, role, production }: ShellStatus, style: Style): string {
  const name = oneLine(`${account} ${role}`);
  return production ? style.alert(`${name} (production)`) : name;
}

function leftText(until: Date, now: Date): string {
  const seconds = secondsUntil(until, now);
  if (seconds === 0) return "ended";
  return spellDuration(seconds < 60 ? seconds : seconds - (seconds % 60));
}

function unknownField(name: string, known: readonly string[]): AwstError {
  return new AwstError("USAGE", `--format has no field {${name}}`, {
    hint: `fields: ${known.map((each) => `{${each}}`).join(", ")}`,
  });
}
