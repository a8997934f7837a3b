// When a user whose access enforcement disabled is deleted: `deleteDays` later, after a warning of its own. A tag only
// says whom to look at, since many may set it. Times count from two policies of the account, to which AWS gives the date
// of their creation: no one can backdate it. What AWS says about keys, password and their use must agree with them.

import { countText } from "../../model/text/count-text.ts";
import type { UserInventory } from "./account-facts.ts";
import type { DormantRules, GroupRules } from "./admin-settings.ts";
import { dayAfter, dayMs, dayOfTime, dayProblem, laterDay, timeOfDay } from "./days.ts";
import { type DormantStep, dormantStepText, dormantTags } from "./dormant-steps.ts";
import type { JudgedUser } from "./dormant-verdict.ts";
import { isCutForLater } from "./offboarding.ts";
import { restoredTag } from "./restoring.ts";

export type DeletionStep =
  /** Without access, and not recorded yet: the time until the deletion starts. */
  | { readonly do: "schedule"; readonly until: string }
  | { readonly do: "pending"; readonly until: string }
  /** The warning that names the day. */
  | { readonly do: "announce"; readonly until: string }
  | { readonly do: "delete" }
  /** To be deleted, and one run deletes no more than `limit` users. */
  | { readonly do: "postpone"; readonly limit: number }
  /** In use, restored or protected meanwhile: the records are removed. */
  | { readonly do: "unschedule"; readonly why: string };

export type DeletionDecision =
  | { readonly step: DeletionStep }
  /** Neither deleted nor forgotten: an administrator has to look. */
  | { readonly refusal: string };

/** The dates that AWS gave to the two records of a user. */
export interface DeletionDates {
  /** Since when the user is without access. */
  readonly recordedAt: Date | undefined;
  /** When the warning of the deletion was accepted. */
  readonly warnedAt: Date | undefined;
}

const recordPrefix = "awst-dormant-";
const warnedPrefix = "awst-dormant-warned-";

/** Names of the policies that record a user: by its id, so that a later user of the same name has none. They are
 *  attached to no user. */
export function recordNames(userId: string): { readonly record: string; readonly warned: string } {
  return { record: `${recordPrefix}${userId}`, warned: `${warnedPrefix}${userId}` };
}

/** ARN of a policy of the account that `arn` is of. */
export function policyArn(arn: string, name: string): string {
  const [, partition, , , account] = arn.split(":");
  return `arn:${partition}:iam::${account}:policy/${name}`;
}

/** Returns the id of the user whom a policy records; undefined for any other policy. */
export function recordedUser(arn: string): string | undefined {
  const name = arn.slice(arn.indexOf(":policy/") + ":policy/".length);
  return /^awst-dormant-(?:warned-)?(AIDA\w+)$/.exec(name)?.[1];
}

/** How long after its day a warning counts. */
const daysOfWarning = 30;

/**
 * What the dates, the tags and the verdict say. `tags`: the user's. undefined: the user has nothing to do with it. A user
 * is deleted after a day, never on it, so that the whole time is given whatever the hour of a record.
 */
export function decideDeletion(
  judged: JudgedUser,
  tags: Readonly<Record<string, string>>,
  dates: DeletionDates,
  { actions, deleteDays, warnDays }: DormantRules,
  now: Date,
): DeletionDecision | undefined {
  if (!actions.includes("user") || deleteDays === undefined) return undefined;
  if (judged.verdict === "unknown") return undefined;
  const { recordedAt, warnedAt } = dates;
  const isRecorded = recordedAt !== undefined || warnedAt !== undefined;
  const disabled = tags[dormantTags.disabled];
  const use = reasonInUse(judged);
  if (use !== undefined) return isRecorded ? unscheduled(use) : undefined;
  const today = dayOfTime(now.getTime());
  const problem = tagProblem(tags, today);
  if (problem !== undefined) return isRecorded ? { refusal: problem } : undefined;
  const since = recordedAt === undefined ? disabled : dayOfTime(recordedAt.getTime());
  const change = since === undefined ? undefined : reasonSince(tags, since);
  if (change !== undefined) return isRecorded ? unscheduled(change) : undefined;
  if (recordedAt === undefined) {
    // A warning without the first record means nothing.
    if (isRecorded) return unscheduled("a record is missing");
    if (disabled === undefined) return undefined;
    return { step: { do: "schedule", until: dayAfter(now.getTime(), deleteDays) } };
  }
  if (disabled === undefined) {
    const refusal = `another tool removed the tag ${dormantTags.disabled}: delete the user where it is managed, for example in Terraform`;
    return { refusal };
  }
  const day = dayAfter(recordedAt.getTime(), deleteDays);
  const warningDay = dayAfter(recordedAt.getTime(), deleteDays - warnDays);
  // awst warns on that day or later: an earlier record, which another user may have made, is not a warning.
  const isWarned = warnedAt !== undefined && dayOfTime(warnedAt.getTime()) >= warningDay;
  if (!isWarned) {
    if (today < warningDay) return { step: { do: "pending", until: day } };
    return { step: { do: "announce", until: laterDay(day, dayAfter(now.getTime(), warnDays)) } };
  }
  const until = laterDay(day, dayAfter(warnedAt.getTime(), warnDays));
  if (today <= until) return { step: { do: "pending", until } };
  // An old warning is forgotten by now: the user gets another one.
  const isOld = today > dayAfter(Date.parse(until), daysOfWarning);
  return {
    step: isOld ? { do: "announce", until: dayAfter(now.getTime(), warnDays) } : { do: "delete" },
  };
}

function unscheduled(why: string): DeletionDecision {
  return { step: { do: "unschedule", why } };
}

function reasonInUse({ verdict, reason, access }: JudgedUser): string | undefined {
  if (verdict === "protected" || verdict === "excepted") return reason;
  return access.some(({ isOn }) => isOn) ? "the user has access again" : undefined;
}

/** A tag that says nothing ends no deletion: the records stay, and an administrator has to look. */
function tagProblem(tags: Readonly<Record<string, string>>, today: string): string | undefined {
  for (const name of [dormantTags.disabled, restoredTag]) {
    const value = tags[name];
    const problem = value === undefined ? undefined : dayProblem(value, today);
    if (problem !== undefined) return `the tag ${name} ${problem}`;
  }
  return undefined;
}

/** `since`: the day from which the user counts as disabled. */
function reasonSince(tags: Readonly<Record<string, string>>, since: string): string | undefined {
  const restored = tags[restoredTag];
  if (restored !== undefined && restored >= since) return `the user was restored on ${restored}`;
  const disabled = tags[dormantTags.disabled];
  return disabled !== undefined && disabled > since
    ? `the user was disabled again on ${disabled}`
    : undefined;
}

/** What AWS says about a user just now, besides the verdict. */
export interface DeletionEvidence {
  readonly inventory: UserInventory;
  /** By key id, of inactive keys too; undefined: never. */
  readonly keyUses: ReadonlyMap<string, Date | "unknown" | undefined>;
  /** When each key was made, or last switched on or off; undefined: the credential report does not have the user. */
  readonly keysChangedAt: readonly Date[] | undefined;
}

export interface DeletionObjection {
  readonly reason: string;
  /** Whether it disproves the records: the user was used, or a key switched on, since then. */
  readonly isDisproof: boolean;
}

/**
 * Returns why the user must not be deleted, or not be recorded for a deletion yet. `recordedAt`: as above. Without it,
 * the tag has to stand the test: on its day, enforcement would have disabled this user by AWS's own dates.
 */
export function findDeletionObjection(
  evidence: DeletionEvidence,
  recordedAt: Date | undefined,
  rules: DormantRules,
  now: Date,
): DeletionObjection | undefined {
  const { inventory, keysChangedAt } = evidence;
  const { user, keys } = inventory;
  const keep = (reason: string): DeletionObjection => ({ reason, isDisproof: false });
  const disproof = (reason: string): DeletionObjection => ({ reason, isDisproof: true });
  const found = accessLeft(inventory);
  if (found !== undefined) return found;
  if (isCutForLater(inventory, now)) {
    return keep("the user is cut off: awst admin user offboard deletes it");
  }
  const uses = keys.map(({ id }) => evidence.keyUses.get(id));
  if (uses.includes("unknown")) return keep("the last use of a key is unknown");
  if (keys.length > 0 && keysChangedAt === undefined) {
    return keep("the credential report does not have the user");
  }
  const disabledOn = timeOfDay(user.tags[dormantTags.disabled] ?? "");
  const end = recordedAt?.getTime() ?? (disabledOn ?? 0) + dayMs;
  const isAfter = (at: Date | undefined) => at !== undefined && at.getTime() > end;
  if (isAfter(user.passwordLastUsed)) return disproof("the password was used since");
  if (uses.some((at) => at instanceof Date && isAfter(at))) return disproof("a key was used since");
  if (keys.some(({ createdAt }) => isAfter(createdAt))) return disproof("a key was made since");
  if (keysChangedAt?.some(isAfter)) return disproof("a key was switched on or off since");
  if (recordedAt !== undefined) return undefined;
  const isYoung = (used: Date | undefined, madeAt: Date) =>
    used === undefined
      ? madeAt.getTime() > end - rules.neverUsedDays * dayMs
      : used.getTime() > end - rules.days * dayMs;
  const isOdd =
    isYoung(undefined, user.createdAt) ||
    isYoung(user.passwordLastUsed, user.createdAt) ||
    keys.some(({ createdAt }, at) => isYoung(uses[at] as Date | undefined, createdAt));
  return isOdd
    ? keep(
        `the user was made or used less than ${countText(rules.days, "day")} before the day in the tag ${dormantTags.disabled}`,
      )
    : undefined;
}

/** For the moment before the first step too: what gives access now. */
export function accessLeft(inventory: UserInventory): DeletionObjection | undefined {
  const { keys, loginProfile, sshKeys, certificates, serviceCredentials } = inventory;
  const isOn = ({ status }: { readonly status: string }) => status === "Active";
  if (loginProfile !== undefined) {
    return { reason: "the user has a password again", isDisproof: true };
  }
  if (keys.some(isOn)) return { reason: "a key is active again", isDisproof: true };
  const others = [...sshKeys, ...certificates, ...serviceCredentials].filter(isOn);
  return others[0] === undefined
    ? undefined
    : {
        reason: `${others[0].id} is active, and AWS does not say when it was used`,
        isDisproof: false,
      };
}

/** Returns why the user counts as a program's: by name or by group it belongs to a category for such users. */
export function serviceCategory(
  user: { readonly name: string; readonly groups: readonly string[] },
  { categories }: GroupRules,
): string | undefined {
  const found = categories.find(
    ({ group, match }) =>
      /headless|service/i.test(group) &&
      (match?.test(user.name) === true ||
        user.groups.some((each) => each.toLowerCase() === group.toLowerCase())),
  );
  return found && `${user.name} belongs to the category ${found.group}`;
}

/** For plans, results and reports. */
export function enforcementStepText(step: DormantStep | DeletionStep): string {
  switch (step.do) {
    case "schedule":
    case "pending":
    case "announce":
    case "delete":
    case "postpone":
    case "unschedule":
      return deletionStepText(step);
    default:
      return dormantStepText(step);
  }
}

export function deletionStepText(step: DeletionStep): string {
  switch (step.do) {
    case "schedule":
      return `without access: to be deleted after ${step.until}`;
    case "pending":
      return `without access, deleted after ${step.until}`;
    case "announce":
      return `warn, and delete the user after ${step.until}`;
    case "delete":
      return "delete the user with its keys, devices, policies and memberships";
    case "postpone":
      return `deleted by a later run, because one run deletes at most ${countText(step.limit, "user")}`;
    case "unschedule":
      return `no deletion, because ${step.why}`;
  }
}
