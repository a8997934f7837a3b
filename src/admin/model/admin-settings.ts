// The table `[admin]` of the configuration, decoded. Every mistake is reported at once, with the key's full name.

import type { Problem } from "../../model/configuration/configuration.ts";
import {
  isRecord,
  nameOf,
  openTable,
  type Path,
  type Report,
  type Table,
} from "../../model/configuration/toml-table.ts";
import { AwstError } from "../../model/errors.ts";
import { isUserPath } from "./new-user.ts";
import { decodeNotify, type NotifySettings, notifyKeys } from "./notify-settings.ts";

export interface AdminSettings {
  /** `account/Role`, from which `awst admin` works. */
  readonly as: string | undefined;
  /** Names of users that are never changed; `*` stands for any text. */
  readonly protectedNames: readonly string[];
  /** How many users one run may change; undefined: 10, or 2 % of the users but at most 50. */
  readonly maxChanges: number | undefined;
  /** Names, ids or `account/Role`; `organization`: every active account of it; undefined: one account. */
  readonly accounts: readonly string[] | "organization" | undefined;
  /** The role that is assumed in accounts without a role of their own. */
  readonly orgRole: string;
  readonly users: UserSettings;
  readonly groups: GroupRules;
  readonly dormant: DormantRules;
  readonly notify: NotifySettings;
  readonly hygiene: HygieneRules;
}

export interface HygieneRules {
  /** A key older than this is old. */
  readonly keyDays: number;
  /** A password that expires within this is named. */
  readonly passwordDays: number;
}

export interface UserSettings {
  readonly requireEmail: boolean;
  /** Of every new user. */
  readonly tags: Readonly<Record<string, string>>;
  readonly pathPrefix: string;
  readonly passwordLength: number;
}

export interface GroupRules {
  /** Every user belongs to all of these, where `forceCommon` says so. */
  readonly common: readonly string[];
  readonly forceCommon: boolean;
  /** A user belongs to exactly one of these. */
  readonly categories: readonly GroupCategory[];
}

export interface GroupCategory {
  readonly group: string;
  /** Matches user names from their start; undefined: an administrator chooses. */
  readonly match: RegExp | undefined;
}

export interface DormantRules {
  readonly days: number;
  /** A password or key that was never used is dormant after this many days. */
  readonly neverUsedDays: number;
  /** How long after the warning access is disabled; 0: at once. */
  readonly warnDays: number;
  /** `user`: a user without access is deleted after `deleteDays`. */
  readonly actions: readonly ("console" | "keys" | "user")[];
  /** Days between the end of the access and the deletion; undefined: no user is deleted. */
  readonly deleteDays: number | undefined;
  readonly except: readonly string[];
}

const adminKeys = [
  ...(["as", "protected", "maxChanges", "accounts", "orgRole"] as const),
  ...(["users", "groups", "dormant", "hygiene"] as const),
] as const;
const adminUserKeys = ["requireEmail", "tags", "pathPrefix", "passwordLength"] as const;
const adminGroupKeys = ["common", "forceCommon", "category"] as const;
const adminCategoryKeys = ["name", "match"] as const;
const adminDormantKeys = [
  ...(["days", "neverUsedDays", "warnDays", "deleteDays", "actions", "except"] as const),
  ...notifyKeys,
] as const;

const adminHygieneKeys = ["keyDays", "passwordDays"] as const;

/** `value`: the table as the file has it, with integers as bigint; undefined: none. Errors: CONFIGURATION_INVALID. */
export function decodeAdminSettings(value: unknown, path: string): AdminSettings {
  const { settings, problems } = decode(value, ["admin"]);
  const [first, ...rest] = problems;
  if (first === undefined) return settings;
  const line = ({ message }: Problem) => `${path}: ${message}`;
  throw new AwstError("CONFIGURATION_INVALID", line(first), {
    hint: first.hint,
    more: rest.map(line),
  });
}

/** Returns every mistake of the table, for a caller that knows the lines of the file. `path`: of the table, as the file spells it. */
export function findAdminProblems(value: unknown, path: Path): readonly Problem[] {
  return decode(value, path).problems;
}

function decode(value: unknown, path: Path) {
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const top = openTable(value, path, adminKeys, report);
  const as = top.text("as");
  if (as !== undefined && !/^[^/]+\/.+$/.test(as)) {
    top.report("as", `must not be ${JSON.stringify(as)}`, 'write it as "account/Role"');
  }
  const dormant = top.table("dormant", adminDormantKeys);
  const hygiene = top.table("hygiene", adminHygieneKeys);
  const orgRole = top.text("orgRole") ?? "OrganizationAccountAccessRole";
  if (!/^[\w+=,.@/-]{1,512}$/.test(orgRole)) {
    top.report("orgRole", `must not be ${JSON.stringify(orgRole)}`, "write the role's name");
  }
  const settings: AdminSettings = {
    as,
    protectedNames: top.texts("protected") ?? [],
    maxChanges: wholeNumber(top, "maxChanges", 0, 5_000),
    accounts: decodeAccounts(top),
    orgRole,
    users: decodeUsers(top.table("users", adminUserKeys)),
    groups: decodeGroups(top.table("groups", adminGroupKeys), report),
    dormant: decodeDormant(dormant),
    notify: decodeNotify(dormant),
    hygiene: {
      keyDays: wholeNumber(hygiene, "keyDays", 1, 3_650) ?? 90,
      passwordDays: wholeNumber(hygiene, "passwordDays", 1, 365) ?? 14,
    },
  };
  return { settings, problems };
}

function decodeAccounts(top: Table<(typeof adminKeys)[number]>): AdminSettings["accounts"] {
  const written = top.raw("accounts");
  if (written === "organization") return written;
  if (typeof written !== "string") return top.texts("accounts");
  const hint = `allowed values: "organization", or a list: accounts = [${JSON.stringify(written)}]`;
  top.report("accounts", `must not be ${JSON.stringify(written)}`, hint);
  return undefined;
}

function decodeUsers(table: Table<(typeof adminUserKeys)[number]>): UserSettings {
  const pathPrefix = table.text("pathPrefix") ?? "/";
  if (!isUserPath(pathPrefix)) {
    table.report("pathPrefix", `must not be ${JSON.stringify(pathPrefix)}`, 'example: "/staff/"');
  }
  return {
    requireEmail: table.truth("requireEmail") ?? true,
    tags: table.stringTable("tags") ?? {},
    pathPrefix,
    passwordLength: wholeNumber(table, "passwordLength", 8, 128) ?? 32,
  };
}

function decodeGroups(table: Table<(typeof adminGroupKeys)[number]>, report: Report): GroupRules {
  const listed = table.raw("category");
  if (listed !== undefined && !Array.isArray(listed)) {
    table.report("category", "is not a list of tables", "write [[admin.groups.category]]");
  }
  const categories = (Array.isArray(listed) ? listed : []).flatMap((value, at) => {
    const path = [...table.pathOf("category"), at];
    if (!isRecord(value)) {
      report({ path, at: "value", message: `${nameOf(path)} must be a table` });
      return [];
    }
    const each = openTable(value, path, adminCategoryKeys, report);
    const group = each.text("name");
    if (group === undefined) {
      report({ path, at: "value", message: `${nameOf(path)} has no name` });
    }
    return { group: group ?? "", match: decodePattern(each) };
  });
  return {
    common: table.texts("common") ?? [],
    forceCommon: table.truth("forceCommon") ?? true,
    categories,
  };
}

function decodePattern(table: Table<(typeof adminCategoryKeys)[number]>): RegExp | undefined {
  const source = table.text("match");
  if (source === undefined) return undefined;
  const pattern = startPattern(source);
  if (pattern === undefined) {
    table.report("match", `${JSON.stringify(source)} is not a regular expression`);
  }
  return pattern;
}

/** Returns a pattern that matches from the start of a name; undefined for text that is none. */
export function startPattern(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})`, "u");
  } catch {
    return undefined;
  }
}

function decodeDormant(table: Table<(typeof adminDormantKeys)[number]>): DormantRules {
  const known = ["console", "keys", "user"] as const;
  const written = table.texts("actions");
  const unknown = written?.find((each) => !known.some((action) => action === each));
  if (unknown !== undefined) {
    const hint = 'allowed values: "console", "keys", "user"';
    table.report("actions", `has ${JSON.stringify(unknown)}`, hint);
  }
  const warnDays = wholeNumber(table, "warnDays", 0, 365) ?? 14;
  const deleteDays = wholeNumber(table, "deleteDays", 1, 3_650);
  if (written?.includes("user") === true) checkDeletion(table, written, warnDays, deleteDays);
  return {
    days: wholeNumber(table, "days", 1, 3_650) ?? 90,
    neverUsedDays: wholeNumber(table, "neverUsedDays", 1, 3_650) ?? 30,
    warnDays,
    actions:
      written === undefined ? ["console", "keys"] : known.filter((each) => written.includes(each)),
    deleteDays,
    except: table.texts("except") ?? [],
  };
}

/** A deletion can't be undone whole: its time must be written down, and a warning must reach an administrator or the user. */
function checkDeletion(
  table: Table<(typeof adminDormantKeys)[number]>,
  actions: readonly string[],
  warnDays: number,
  deleteDays: number | undefined,
): void {
  const report = (message: string, hint: string) => table.report("actions", message, hint);
  if (deleteDays === undefined) report('"user" needs deleteDays', "deleteDays = 90");
  else if (warnDays < 1 || deleteDays <= warnDays) {
    report('"user" needs warnDays of 1 or more, and a larger deleteDays', "deleteDays = 90");
  }
  if ((table.raw("notify") ?? "none") === "none") {
    report('"user" needs notify: a user gets a warning before the deletion', 'notify = "slack"');
  }
  if (!actions.includes("console") && !actions.includes("keys")) {
    report(
      '"user" needs "console" or "keys": only users disabled by awst are deleted',
      'actions = ["console", "keys", "user"]',
    );
  }
}

function wholeNumber<Key extends string>(
  table: Table<Key>,
  key: Key,
  least: number,
  most: number,
): number | undefined {
  const found = table.integer(key);
  if (found === undefined) return undefined;
  const value = Number(found);
  if (value < least || value > most) table.report(key, `must be from ${least} to ${most}`);
  return value;
}

/** Whether a name matches one of the patterns; `*` stands for any text, and case does not matter. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => {
    const source = pattern.replace(/[.+^${}()|[\]\\?]/g, "\\$&").replaceAll("*", ".*");
    return new RegExp(`^${source}$`, "is").test(name);
  });
}
