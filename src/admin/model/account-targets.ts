// Which accounts a run covers: those of the configuration, or the active ones of the organization.

import { splitAtAccount } from "../../model/configuration/decode-aliases.ts";
import { isRecord } from "../../model/configuration/toml-table.ts";
import { AwstError } from "../../model/errors.ts";
import { nearestName } from "../../model/text/nearest-name.ts";

export interface OrganizationAccount {
  readonly id: string;
  readonly name: string;
  /** AWS's word: `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE` and others. */
  readonly state: string;
}

/** One account of a run. */
export interface AccountTarget {
  /** 12 digits. */
  readonly id: string;
  readonly name: string;
  /** ARN of the role to assume; undefined: the administrator's own session serves the account. */
  readonly roleArn: string | undefined;
}

/** A page of ListAccounts; undefined for what is none. `State` counts, and `Status` where AWS still sends it. */
export function readOrganizationPage(value: unknown):
  | {
      readonly accounts: readonly OrganizationAccount[];
      readonly next: string | undefined;
    }
  | undefined {
  const listed = isRecord(value) ? value["Accounts"] : undefined;
  if (!isRecord(value) || !Array.isArray(listed)) return undefined;
  const accounts: OrganizationAccount[] = [];
  for (const each of listed as readonly unknown[]) {
    if (!isRecord(each)) return undefined;
    const { Id: id, Name: name } = each;
    const state = each["State"] ?? each["Status"];
    if (typeof id !== "string" || !/^\d{12}$/.test(id) || typeof state !== "string") {
      return undefined;
    }
    accounts.push({ id, name: typeof name === "string" && name !== "" ? name : id, state });
  }
  const next = value["NextToken"];
  return { accounts, next: typeof next === "string" && next !== "" ? next : undefined };
}

/** Who makes the calls of the run: the session of `--as`. */
export interface CentralAccount {
  readonly id: string;
  /** `aws`, `aws-cn`: of ARNs. */
  readonly partition: string;
}

/** An account as the configuration names it. */
export interface ListedTarget {
  readonly target: AccountTarget;
  /** `account/Role`, where the list names a role: awst makes its session. */
  readonly as: string | undefined;
}

/**
 * Returns the accounts of `[admin] accounts`: `production`, `111122223333`, or either with `/Role`. `known`: ids by the
 * names of the configuration. Errors: ACCOUNT_UNKNOWN.
 */
export function listedTargets(
  entries: readonly string[],
  known: ReadonlyMap<string, string>,
  central: CentralAccount,
  orgRole: string,
): readonly ListedTarget[] {
  const listed = entries.map((entry): ListedTarget => {
    const name = nameOfEntry(entry, known);
    const id = known.get(name) ?? (/^\d{12}$/.test(name) ? name : undefined);
    if (id === undefined) {
      const nearest = nearestName(name, [...known.keys()]);
      throw new AwstError("ACCOUNT_UNKNOWN", `[admin] accounts: there is no account ${name}`, {
        hint: nearest === undefined ? "awst list" : `did you mean ${nearest}?`,
      });
    }
    const as = name === entry ? undefined : entry;
    const roleArn = as === undefined ? roleIn(id, central, orgRole) : undefined;
    return { target: { id, name, roleArn }, as };
  });
  return listed.filter(
    ({ target }, at) => listed.findIndex((each) => each.target.id === target.id) === at,
  );
}

/** A name of the configuration may have a slash itself. */
function nameOfEntry(entry: string, known: ReadonlyMap<string, string>): string {
  if (known.has(entry)) return entry;
  const found = splitAtAccount(entry, known.keys());
  return found?.account ?? entry.split("/")[0] ?? "";
}

/** Returns the active accounts of an organization. */
export function organizationTargets(
  accounts: readonly OrganizationAccount[],
  central: CentralAccount,
  orgRole: string,
): readonly AccountTarget[] {
  return accounts
    .filter(({ state }) => state === "ACTIVE")
    .map(({ id, name }) => ({ id, name, roleArn: roleIn(id, central, orgRole) }));
}

/** The central account needs no role: the run has a session of it. */
function roleIn(id: string, central: CentralAccount, orgRole: string): string | undefined {
  return id === central.id ? undefined : `arn:${central.partition}:iam::${id}:role/${orgRole}`;
}

/** Returns the accounts that `--account` names. Errors: ACCOUNT_UNKNOWN for one that is not among them. */
export function chosenTargets(
  targets: readonly AccountTarget[],
  chosen: readonly string[],
): readonly AccountTarget[] {
  const unknown = chosen.find((name) => !targets.some((each) => isNamed(each, name)));
  if (unknown !== undefined) {
    const nearest = nearestName(
      unknown,
      targets.map(({ name }) => name),
    );
    throw new AwstError("ACCOUNT_UNKNOWN", `${unknown} is not an account of this run`, {
      hint: nearest === undefined ? "awst admin accounts" : `did you mean ${nearest}?`,
    });
  }
  if (chosen.length === 0) return targets;
  return targets.filter((each) => chosen.some((name) => isNamed(each, name)));
}

function isNamed({ id, name }: AccountTarget, typed: string): boolean {
  return id === typed || name === typed;
}
