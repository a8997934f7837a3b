// Decodes [aliases]: other names for a role of an account. An alias is typed instead of both names, and is also a
// profile name, so it must be a name that AWS's tools can read and that no other profile has.

import { roleNameProblem } from "../aws/session-limits.ts";
import { suggestion } from "../text/nearest-name.ts";
import type { Account, Alias, Identity } from "./configuration.ts";
import { whyInvalidName } from "./profile-names.ts";
import { nameOf, type Path, type Report, wrongType } from "./toml-table.ts";

/** What an alias may name, and which names are taken. */
export interface AliasFacts {
  readonly accounts: ReadonlyMap<string, Pick<Account, "name" | "roles">>;
  readonly identities: ReadonlyMap<
    string,
    Pick<Identity, "name" | "awsProfile" | "mfaSessionProfile">
  >;
  /** The roles of `[roles]`, or those that are built in. */
  readonly roleNames: readonly string[];
  readonly rolesAreConfigured: boolean;
  /** Returns the role that has a name from `write.profiles`: `production AdminAccess`. */
  readonly profileOwner: (name: string) => string | undefined;
}

/** An alias with a problem is left out. */
export function decodeAliases(
  named: readonly { readonly name: string; readonly path: Path; readonly value: unknown }[],
  facts: AliasFacts,
  report: Report,
): ReadonlyMap<string, Alias> {
  const aliases = new Map<string, Alias>();
  for (const { name, path, value } of named) {
    const problem = nameProblem(name, facts);
    if (problem !== undefined) report({ path, at: "key", ...problem });
    const alias = decodeTarget(value, path, facts, report);
    if (alias === undefined || problem !== undefined) continue;
    const owner = facts.profileOwner(name);
    if (owner === undefined || owner === `${alias.account} ${alias.role}`) aliases.set(name, alias);
    else {
      const message = `alias ${JSON.stringify(name)} is the profile name of ${JSON.stringify(owner)}`;
      report({ path, at: "key", message, hint: "choose another name" });
    }
  }
  return aliases;
}

/**
 * Splits `ACCOUNT/ROLE` after the longest account name that fits, because names of accounts and roles may contain
 * slashes. Returns undefined where no account fits.
 */
export function splitAtAccount(
  text: string,
  accounts: Iterable<string>,
  separators: readonly string[] = ["/"],
): Alias | undefined {
  const fitting = [...accounts]
    .filter((name) => separators.some((each) => text.startsWith(`${name}${each}`)))
    .sort((one, other) => other.length - one.length);
  const [account] = fitting;
  if (account === undefined) return undefined;
  return { account, role: text.slice(account.length + 1) };
}

interface TextProblem {
  readonly message: string;
  readonly hint: string;
}

function nameProblem(name: string, facts: AliasFacts): TextProblem | undefined {
  const shown = `alias ${JSON.stringify(name)}`;
  const hint = "choose another name";
  const why = whyInvalidName(name);
  if (why !== undefined) return { message: `${shown} is not a profile name: ${why}`, hint };
  if (/^-|^arn:/.test(name)) {
    return { message: `${shown} starts with ${name.startsWith("-") ? '"-"' : '"arn:"'}`, hint };
  }
  if (name === "default") {
    const message = `${shown} would change what AWS's tools use where no profile is named`;
    return { message, hint };
  }
  const owner = [...facts.identities.values()].find(
    ({ awsProfile, mfaSessionProfile }) => name === awsProfile || name === mfaSessionProfile,
  );
  if (owner === undefined) return undefined;
  return { message: `${shown} is a profile of identity ${JSON.stringify(owner.name)}`, hint };
}

function decodeTarget(
  value: unknown,
  path: Path,
  facts: AliasFacts,
  report: Report,
): Alias | undefined {
  if (typeof value !== "string") {
    report(wrongType(path, "a string", value));
    return undefined;
  }
  const problemOf = (message: string, hint: string | undefined) => {
    report({ path, at: "value", message: `${nameOf(path)} ${message}`, hint });
    return undefined;
  };
  const form = 'write it as "account/Role"';
  const names = [...facts.accounts.keys()];
  const alias = splitAtAccount(value, names);
  if (alias === undefined) {
    const account = value.slice(0, Math.max(value.indexOf("/"), 0));
    if (account === "") return problemOf(`must not be ${JSON.stringify(value)}`, form);
    const message = `names ${JSON.stringify(account)}, which is not an account`;
    return problemOf(message, suggestion(account, names));
  }
  const { account, role } = alias;
  const problem = roleNameProblem(role);
  if (problem !== undefined) return problemOf(`has a role that ${problem}`, form);
  const offered = facts.accounts.get(account)?.roles;
  const isAllowed =
    offered?.includes(role) ?? (!facts.rolesAreConfigured || facts.roleNames.includes(role));
  if (isAllowed) return alias;
  const message = `names ${JSON.stringify(role)}, which is not a role of account ${JSON.stringify(account)}`;
  return problemOf(message, suggestion(role, offered ?? facts.roleNames));
}
