// What `awst admin report` says about accounts: each user with its accesses and what the next enforcement would do,
// and figures over all users. Pure: the page and the tables only print this.

import type { AwstError } from "../../model/errors.ts";
import { dayMs } from "./days.ts";
import type { DeletionStep } from "./dormant-deletion.ts";
import type { DormantStep } from "./dormant-steps.ts";
import type { AccessVerdict, JudgedAccess, UserVerdict } from "./dormant-verdict.ts";

export interface ReportedAccount {
  readonly id: string;
  /** Of the configuration or the organization; undefined: only the id is known. */
  readonly name: string | undefined;
  /** Of the credential report; undefined: every user was read live. */
  readonly reportMadeAt: Date | undefined;
  readonly users: readonly ReportedUser[];
  /** What could not be read, one line each. */
  readonly notes: readonly string[];
  /** Users about whom a call failed. */
  readonly unread: readonly { readonly user: string; readonly error: AwstError }[];
  /** Why the account could not be read at all; then it has no users. */
  readonly failure: string | undefined;
}

export interface ReportedUser {
  readonly name: string;
  readonly path: string;
  readonly email: string | undefined;
  readonly groups: readonly string[];
  /** The category groups that the user is in: exactly one, by the rules. */
  readonly categories: readonly string[];
  readonly createdAt: Date;
  /** undefined: unknown. */
  readonly hasMfa: boolean | undefined;
  readonly verdict: UserVerdict;
  readonly reason: string;
  readonly console: ReportedAccess | undefined;
  /** Active keys. */
  readonly keys: readonly ReportedKey[];
  /** Active credentials of services. AWS does not say when they were used. */
  readonly services: number;
  /** What the next enforcement would do; undefined: nothing. */
  readonly step: DormantStep | DeletionStep | undefined;
  /** Why enforcement would refuse to do it. */
  readonly refusal: string | undefined;
}

export interface ReportedAccess {
  readonly verdict: AccessVerdict;
  /** undefined: never, as far as AWS recorded. */
  readonly lastUsed: Date | "unknown" | undefined;
}

export interface ReportedKey extends ReportedAccess {
  /** undefined where only the credential report was read, which has no ids. */
  readonly id: string | undefined;
  readonly createdAt: Date | undefined;
  /** False where the credential report alone is known: then `createdAt` may be when the key was last switched on. */
  readonly isAgeExact: boolean;
}

export interface Figure {
  readonly label: string;
  readonly count: number;
}

export interface ReportFigures {
  readonly users: number;
  readonly verdicts: readonly Figure[];
  /** Of users with a console password. */
  readonly mfa: readonly Figure[];
  readonly keyAges: readonly Figure[];
  /** How many of the ages may be too low. */
  readonly inexactKeyAges: number;
  readonly keyUses: readonly Figure[];
  readonly passwordUses: readonly Figure[];
  /** Users by category group; none where there are no rules. */
  readonly categories: readonly Figure[];
  /** Users by what the next enforcement would do. */
  readonly steps: readonly Figure[];
}

export const verdictNames: readonly UserVerdict[] = [
  "dormant",
  "partly",
  "active",
  "no-access",
  "excepted",
  "protected",
  "unknown",
];

const ageLimits = [30, 90, 180, 365] as const;
const useLimits = [7, 30, 90, 180, 365] as const;

/** Returns the figures of all users. `categories`: the category groups of the rules. */
export function figuresOf(
  users: readonly ReportedUser[],
  categories: readonly string[],
  now: Date,
): ReportFigures {
  const keys = users.flatMap((user) => user.keys);
  const passwords = users.flatMap((user) => (user.console === undefined ? [] : [user]));
  const count = <T>(label: string, all: readonly T[], isCounted: (each: T) => boolean): Figure => ({
    label,
    count: all.filter(isCounted).length,
  });
  return {
    users: users.length,
    verdicts: verdictNames.map((name) => count(name, users, ({ verdict }) => verdict === name)),
    mfa: [
      count("with MFA", passwords, ({ hasMfa }) => hasMfa === true),
      count("without MFA", passwords, ({ hasMfa }) => hasMfa === false),
      count("unknown", passwords, ({ hasMfa }) => hasMfa === undefined),
    ],
    keyAges: spread(
      keys.map(({ createdAt }) => createdAt ?? "unknown"),
      ageLimits,
      now,
    ),
    inexactKeyAges: keys.filter(({ createdAt, isAgeExact }) => createdAt && !isAgeExact).length,
    keyUses: spread(
      keys.map(({ lastUsed }) => lastUsed ?? "never"),
      useLimits,
      now,
    ),
    passwordUses: spread(
      passwords.map(({ console: access }) => access?.lastUsed ?? "never"),
      useLimits,
      now,
    ),
    categories:
      categories.length === 0
        ? []
        : [
            ...categories.map((group) => count(group, users, (user) => categoryOf(user) === group)),
            count(inNoCategory, users, (user) => user.categories.length === 0),
            count(inSeveral, users, (user) => user.categories.length > 1),
          ],
    steps: [
      count("warn", users, ({ step }) => step?.do === "warn"),
      count("wait", users, ({ step }) => step?.do === "wait"),
      count("disable", users, ({ step, refusal }) => step?.do === "disable" && !refusal),
      count("refused", users, ({ refusal }) => refusal !== undefined),
      count("clear", users, ({ step }) => /^(clear|unschedule)$/.test(step?.do ?? "")),
      ...(users.some(({ step }) => /^(schedule|pending|announce|delete)$/.test(step?.do ?? ""))
        ? [
            count("to be deleted", users, ({ step }) =>
              /^(schedule|pending|announce)$/.test(step?.do ?? ""),
            ),
            count("delete", users, ({ step }) => step?.do === "delete"),
          ]
        : []),
    ],
  };
}

export const inNoCategory = "in no category";
export const inSeveral = "in several categories";

/** Returns the name of the user's category, or that the user is in none or in several. */
export function categoryOf({ categories }: Pick<ReportedUser, "categories">): string {
  const [first, second] = categories;
  if (second !== undefined) return inSeveral;
  return first ?? inNoCategory;
}

/** Counts times by their age in days. Every time is counted once. */
function spread(
  times: readonly (Date | "never" | "unknown")[],
  limits: readonly number[],
  now: Date,
): readonly Figure[] {
  const ages = times.map((each) => (each instanceof Date ? daysSince(each, now) : each));
  const days = ages.filter((each) => typeof each === "number");
  const inRange = (from: number, to: number) => days.filter((age) => age >= from && age < to);
  const last = limits.at(-1) ?? 0;
  const ranges = limits.map((limit, at) => {
    const from = limits[at - 1] ?? 0;
    const label = from === 0 ? `less than ${limit} days` : `${from} to ${limit - 1} days`;
    return { label, count: inRange(from, limit).length };
  });
  const others = (["never", "unknown"] as const)
    .map((label) => ({ label, count: ages.filter((each) => each === label).length }))
    .filter((figure) => figure.count > 0);
  const older = { label: `${last} days and more`, count: inRange(last, Infinity).length };
  return [...ranges, older, ...others];
}

/** Whole days; a time of the future counts as now, since clocks differ. */
export function daysSince(time: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - time.getTime()) / dayMs));
}

/** Returns the accesses as they are reported: only what is switched on. `keysChangedAt`: see `PicturedUser`. */
export function reportedAccesses(
  access: readonly JudgedAccess[],
  { isLive, keysChangedAt }: { isLive: boolean; keysChangedAt: readonly (Date | undefined)[] },
): Pick<ReportedUser, "console" | "keys" | "services"> {
  const on = access.filter(({ isOn }) => isOn);
  const keys = on.filter(({ kind }) => kind === "key");
  return {
    console: on.find(({ kind }) => kind === "console"),
    keys: keys.map(({ id, verdict, lastUsed, createdAt }, at) => ({
      id,
      verdict,
      lastUsed,
      createdAt: isLive ? createdAt : keysChangedAt[at],
      isAgeExact: isLive,
    })),
    services: on.filter(({ kind }) => kind === "service").length,
  };
}
