// IAM's credential report: a CSV picture of all users that may be four hours old. It has no key ids, and a key's
// "last rotated" is when it was made or last switched on or off; so the report only picks who is looked at live.

import type { IamUser } from "./account-facts.ts";

export interface ReportRow {
  readonly user: string;
  readonly arn: string;
  readonly createdAt: Date | undefined;
  readonly passwordEnabled: boolean;
  readonly passwordLastUsed: Date | undefined;
  readonly passwordChangedAt: Date | undefined;
  readonly passwordExpiresAt: Date | undefined;
  readonly hasMfa: boolean;
  /** Of active keys: undefined for one that was never used. */
  readonly keysLastUsed: readonly (Date | undefined)[];
  /** Of the same keys: when each was created, or last switched on or off. */
  readonly keysChangedAt: readonly (Date | undefined)[];
  /** Of all keys, inactive ones too: when each was created, or last switched on or off. */
  readonly allKeysChangedAt: readonly Date[];
}

/** Returns the rows of users, by name; the root user's is left out. undefined for text that is not a report. */
export function parseCredentialReport(text: string): ReadonlyMap<string, ReportRow> | undefined {
  const [head = "", ...lines] = text.trim().split(/\r?\n/);
  const columns = head.split(",");
  if (columns[0] !== "user" || !columns.includes("access_key_2_last_used_date")) return undefined;
  const rows = lines
    .filter((line) => line !== "" && !line.startsWith("<root_account>,"))
    .map((line) => {
      const cells = line.split(",");
      return toRow((name) => cells[columns.indexOf(name)] ?? "");
    });
  return new Map(rows.map((row) => [row.user, row]));
}

function toRow(cell: (column: string) => string): ReportRow {
  const keys = (["1", "2"] as const).filter((at) => cell(`access_key_${at}_active`) === "true");
  return {
    user: cell("user"),
    arn: cell("arn"),
    createdAt: timeIn(cell("user_creation_time")),
    passwordEnabled: cell("password_enabled") === "true",
    passwordLastUsed: timeIn(cell("password_last_used")),
    passwordChangedAt: timeIn(cell("password_last_changed")),
    passwordExpiresAt: timeIn(cell("password_next_rotation")),
    hasMfa: cell("mfa_active") === "true",
    keysLastUsed: keys.map((at) => timeIn(cell(`access_key_${at}_last_used_date`))),
    keysChangedAt: keys.map((at) => timeIn(cell(`access_key_${at}_last_rotated`))),
    allKeysChangedAt: (["1", "2"] as const).flatMap(
      (at) => timeIn(cell(`access_key_${at}_last_rotated`)) ?? [],
    ),
  };
}

/** `N/A`, `no_information` and `not_supported` are not times. */
function timeIn(text: string): Date | undefined {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
}

/** The user's own row: not that of an earlier user of the same name, which is deleted. */
export function rowOf(
  rows: ReadonlyMap<string, ReportRow>,
  user: Pick<IamUser, "name" | "arn" | "createdAt">,
): ReportRow | undefined {
  const row = rows.get(user.name);
  if (row?.arn !== user.arn || row.createdAt === undefined) return undefined;
  const apart = Math.abs(row.createdAt.getTime() - user.createdAt.getTime());
  return apart < 1_000 ? row : undefined;
}
