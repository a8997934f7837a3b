// Whether a user is dormant, judged access by access: the console password, each access key, each credential of a
// service. An access counts from the latest of its use, its creation and the user's restoration.

import { countText } from "../../model/text/count-text.ts";
import { isSameName } from "./account-facts.ts";
import { type DormantRules, matchesAny } from "./admin-settings.ts";
import { dayMs } from "./days.ts";
import { restoredTag } from "./restoring.ts";

export type AccessKind = "console" | "key" | "service";
export type AccessVerdict = "dormant" | "active" | "off" | "unknown";
/** For help. A user who is `unknown` is neither dormant nor in use. */
export const verdictMeanings = {
  active: "every access is in use",
  dormant: "no access is in use",
  partly: "some are not",
  "no-access": "no password, and no credential that is active",
  excepted: "by [admin.dormant] except",
  protected: "a rule keeps the user as it is",
  unknown: "a call about the user failed, so no command warns, disables or deletes the user",
} as const;
export type UserVerdict = keyof typeof verdictMeanings;

export interface AccessFacts {
  readonly kind: AccessKind;
  /** undefined where only the credential report was read, which has no ids. */
  readonly id: string | undefined;
  readonly isOn: boolean;
  /** Of the password: when it was last changed, where that is known. */
  readonly createdAt: Date;
  /** undefined: never used, as far as AWS recorded. */
  readonly lastUsed: Date | "unknown" | undefined;
}

export interface JudgedFacts {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly access: readonly AccessFacts[];
  /** Why the user must not be changed: the user runs the command, is protected, or is the last administrator. */
  readonly guard: string | undefined;
}

export interface JudgedAccess extends AccessFacts {
  readonly verdict: AccessVerdict;
  readonly reason: string;
}

export interface JudgedUser {
  readonly user: string;
  readonly verdict: UserVerdict;
  readonly reason: string;
  readonly access: readonly JudgedAccess[];
}

/** AWS records the uses of keys since this day. */
const keysRecordedSince = new Date("2015-04-22T00:00:00Z");

/** AWS's record lacks earlier sign-ins: all until October 2014, and those between 3 and 23 May 2018. */
const signInsRecordedSince = new Date("2018-05-24T00:00:00Z");

export function judgeUser(facts: JudgedFacts, rules: DormantRules, now: Date): JudgedUser {
  const restored = dateOf(facts.tags[restoredTag]);
  const access = facts.access.map((each) => judgeAccess(each, restored, rules, now));
  const judged = (verdict: UserVerdict, reason: string): JudgedUser => ({
    user: facts.name,
    verdict,
    reason,
    access,
  });
  if (facts.guard !== undefined) return judged("protected", facts.guard);
  const exception = exceptionOf(facts, rules);
  if (exception !== undefined) return judged("excepted", exception);
  const on = access.filter(({ verdict }) => verdict !== "off");
  if (on.length === 0) return judged("no-access", "no password, and no credential that is active");
  const dormant = on.filter(({ verdict }) => verdict === "dormant");
  const reason = (dormant.length > 0 ? dormant : on).map((each) => accessText(each)).join("; ");
  if (dormant.length === 0) return judged("active", reason);
  return judged(dormant.length === on.length ? "dormant" : "partly", reason);
}

/** Returns the verdict on a user about whom a call failed, whatever else was read. `why`: the call's error. */
export function unreadUser(user: string, why: string): JudgedUser {
  return { user, verdict: "unknown", reason: `not read: ${why}`, access: [] };
}

function exceptionOf({ name, groups }: JudgedFacts, { except }: DormantRules): string | undefined {
  if (matchesAny(except, name)) return `${name} is in [admin.dormant] except`;
  const group = groups.find((each) => except.some((other) => isSameName(other, `group:${each}`)));
  return group === undefined ? undefined : `group ${group} is in [admin.dormant] except`;
}

function judgeAccess(
  access: AccessFacts,
  restored: Date | undefined,
  rules: DormantRules,
  now: Date,
): JudgedAccess {
  const judged = (verdict: AccessVerdict, reason: string): JudgedAccess => ({
    ...access,
    verdict,
    reason,
  });
  const { kind, isOn, createdAt, lastUsed } = access;
  if (!isOn) return judged("off", "off");
  if (kind === "service" || lastUsed === "unknown") return judged("unknown", "last use unknown");
  // A use may be older than the password: its date outlives a password that was deleted or changed.
  const countsFrom = latest([lastUsed, createdAt, restored, unrecordedUntil(kind, lastUsed)]);
  const days = Math.floor((now.getTime() - countsFrom.getTime()) / dayMs);
  if (lastUsed === undefined) {
    const verdict = days > rules.neverUsedDays ? "dormant" : "active";
    return judged(verdict, `never used, ${countText(days, "day")}`);
  }
  const verdict = days >= rules.days ? "dormant" : "active";
  return judged(
    verdict,
    countsFrom === lastUsed
      ? `last used ${countText(days, "day")} ago`
      : `not used for ${countText(days, "day")}`,
  );
}

/** The end of the time for which AWS's record may lack a use of this access. A later use or creation counts anyway. */
function unrecordedUntil(kind: "console" | "key", used: Date | undefined): Date | undefined {
  if (kind === "console") return signInsRecordedSince;
  return used === undefined ? keysRecordedSince : undefined;
}

function latest(times: readonly (Date | undefined)[]): Date {
  const known = times.filter((each) => each !== undefined);
  const [first = new Date(0), ...others] = known;
  return others.reduce((one, other) => (other.getTime() > one.getTime() ? other : one), first);
}

function dateOf(text: string | undefined): Date | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(text ?? "") ? new Date(`${text}T00:00:00Z`) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
}

function accessText({ kind, id, reason }: JudgedAccess): string {
  return [kind, id, reason].filter((part) => part !== undefined).join(" ");
}

/** Whether the report alone shows that the user is not dormant, so that no live call is needed. */
export function isSurelyActive(
  row: {
    readonly passwordEnabled: boolean;
    readonly passwordLastUsed: Date | undefined;
    readonly keysLastUsed: readonly (Date | undefined)[];
  },
  userCreatedAt: Date,
  rules: DormantRules,
  now: Date,
): boolean {
  const isYoung = now.getTime() - userCreatedAt.getTime() <= rules.neverUsedDays * dayMs;
  const isRecent = (at: Date | undefined) =>
    at !== undefined && now.getTime() - at.getTime() < rules.days * dayMs;
  const uses = [...(row.passwordEnabled ? [row.passwordLastUsed] : []), ...row.keysLastUsed];
  return isYoung || uses.every(isRecent);
}
