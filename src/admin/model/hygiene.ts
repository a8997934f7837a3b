// Findings besides unused access: old keys, two active keys, no MFA, passwords that expire, no category, the root
// user. What is not known gives no finding, and is counted as unknown, never as fine.

import { countText } from "../../model/text/count-text.ts";
import type { AccountSummary } from "./account-facts.ts";
import type { GroupRules, HygieneRules } from "./admin-settings.ts";
import { dayMs } from "./days.ts";
import type { JudgedUser } from "./dormant-verdict.ts";

const findingKinds = [
  "old-key",
  "two-keys",
  "unused-key",
  "no-mfa",
  "password-expires",
  "no-category",
  "root-key",
  "root-no-mfa",
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface HygieneFinding {
  readonly kind: FindingKind;
  /** undefined: the root user. */
  readonly user: string | undefined;
  /** undefined for a finding about no key, or a key whose id only a live call knows. */
  readonly keyId: string | undefined;
  readonly text: string;
}

/** One user, as far as it was read. */
export interface HygieneFacts {
  readonly name: string;
  readonly groups: readonly string[];
  readonly judged: JudgedUser;
  /** undefined: unknown. */
  readonly hasMfa: boolean | undefined;
  /** undefined: unknown, or the password does not expire. */
  readonly passwordExpiresAt: Date | undefined;
  /** Whether the keys' ids and ages are those of live calls. */
  readonly isLive: boolean;
  /** Where they are not: when each active key was created, or last switched on or off. */
  readonly keysChangedAt: readonly (Date | undefined)[];
}

export function userFindings(
  facts: HygieneFacts,
  rules: HygieneRules,
  { categories }: GroupRules,
  now: Date,
): readonly HygieneFinding[] {
  const { name, groups, judged, hasMfa, passwordExpiresAt } = facts;
  const found: HygieneFinding[] = [];
  const add = (kind: FindingKind, text: string, keyId?: string) =>
    found.push({ kind, user: name, keyId, text });
  const hasPassword = judged.access.some(({ kind, isOn }) => kind === "console" && isOn);
  for (const { id, days } of keysOf(facts, now)) {
    if (days === undefined || days <= rules.keyDays) continue;
    const key = id === undefined ? "an access key" : `access key ${id}`;
    add("old-key", `${key} is ${countText(days, "day")} old`, id);
  }
  const keys = judged.access.filter(({ kind, isOn }) => kind === "key" && isOn);
  if (keys.length > 1) add("two-keys", "two access keys are active");
  for (const { id, verdict, reason } of keys) {
    if (verdict !== "dormant") continue;
    add("unused-key", `access key ${id ?? ""} is not in use: ${reason}`.replace("  ", " "), id);
  }
  if (hasPassword && hasMfa === false) add("no-mfa", "a password and no MFA device");
  if (hasPassword && passwordExpiresAt !== undefined) {
    const days = Math.ceil((passwordExpiresAt.getTime() - now.getTime()) / dayMs);
    if (days <= 0) add("password-expires", `the password expired ${countText(-days, "day")} ago`);
    else if (days <= rules.passwordDays) {
      add("password-expires", `the password expires in ${countText(days, "day")}`);
    }
  }
  const isSorted = categories.some(({ group }) =>
    groups.some((each) => each.toLowerCase() === group.toLowerCase()),
  );
  if (categories.length > 0 && !isSorted) add("no-category", "is in no category");
  return found;
}

/** Active keys with their age; undefined where the age is not known. */
function keysOf(
  { judged, isLive, keysChangedAt }: HygieneFacts,
  now: Date,
): readonly { readonly id: string | undefined; readonly days: number | undefined }[] {
  const daysSince = (at: Date) => Math.floor((now.getTime() - at.getTime()) / dayMs);
  // In the report a key is as old as its last change: it is at least that old.
  if (!isLive) return keysChangedAt.map((at) => ({ id: undefined, days: at && daysSince(at) }));
  return judged.access
    .filter(({ kind, isOn }) => kind === "key" && isOn)
    .map(({ id, createdAt }) => ({ id, days: daysSince(createdAt) }));
}

/** Root is judged for MFA only if it has a password or keys: an account without both needs none. */
export function rootFindings({ root }: AccountSummary): readonly HygieneFinding[] {
  const found: HygieneFinding[] = [];
  const add = (kind: FindingKind, text: string) =>
    found.push({ kind, user: undefined, keyId: undefined, text });
  if (root.keys) add("root-key", "the root user has an access key");
  if (!root.mfa && (root.password || root.keys)) {
    add("root-no-mfa", "the root user has no MFA device");
  }
  return found;
}
