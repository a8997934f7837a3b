// Switching roles inside the console: links and a browser extension's configuration. No secret is in them;
// the user is signed in as an IAM user already, and the console itself assumes the role.

import type { Account, Configuration } from "../configuration/configuration.ts";
import type { RoleInputs, Target } from "../session/target.ts";
import { consoleHosts } from "./console-hosts.ts";

/** AWS's limits of the page's form. */
const maxRoleNameLength = 64;
const maxDisplayNameLength = 64;

/** Why the console can't switch to this role; undefined when it can. */
export function whyNoSwitch(target: Pick<Target, "inputs" | "chain" | "role">): string | undefined {
  const { inputs, chain, role } = target;
  if (chain.length > 0) return "it is reached via another role";
  if (role.name.length > maxRoleNameLength) {
    return `its path and name have more than ${maxRoleNameLength} characters`;
  }
  return needs(inputs);
}

/** `destination`: a page of the console to open afterwards. */
export function switchRoleLink(
  target: Pick<Target, "account" | "role" | "callRegion">,
  destination: string | undefined,
): string {
  const { account, role, callRegion } = target;
  const parameters = new URLSearchParams({
    account: account.id,
    roleName: role.name,
    displayName: [...`${account.name} ${role.name}`].slice(0, maxDisplayNameLength).join(""),
    ...(destination !== undefined && { redirect_uri: destination }),
  });
  return `https://${consoleHosts(callRegion).signIn}/switchrole?${parameters}`;
}

export interface SwitchableRole {
  readonly account: Account;
  readonly role: string;
  readonly region: string;
  /** The identity's home account, where it is known: the extension shows roles of that account's users. */
  readonly home: { readonly name: string; readonly accountId: string } | undefined;
}

/** AWS Extend Switch Roles' configuration, as one pastes it into the extension. */
export function extensionConfiguration(roles: readonly SwitchableRole[]): string {
  const homes = new Map(roles.flatMap(({ home }) => (home ? [[home.name, home.accountId]] : [])));
  // With one home the label needs no home.
  const isApart = homes.size > 1;
  const bases = isApart
    ? [...homes].map(([name, id]) => section(name, [["aws_account_id", id ?? ""]]))
    : [];
  const targets = roles.map(({ account, role, region, home }) =>
    section(`${account.name} ${role}`, [
      ["aws_account_id", account.id],
      ["role_name", role],
      ...(isApart && home ? [["source_profile", home.name] as const] : []),
      ["region", region],
    ]),
  );
  return [...bases, ...targets].join("\n");
}

/** `home`: of the identity that works as this role. */
export function homeOf(
  configuration: Configuration,
  identity: string,
): SwitchableRole["home"] | undefined {
  const accountId = configuration.identities.get(identity)?.accountId;
  return accountId === undefined ? undefined : { name: identity, accountId };
}

function section(name: string, lines: readonly (readonly [string, string])[]): string {
  // A line break or a bracket in a name would begin another section.
  const title = name.replace(/[[\]\p{Cc}\u2028\u2029]/gu, "-");
  return `[${title}]\n${lines.map(([key, value]) => `${key} = ${value}\n`).join("")}`;
}

function needs(inputs: RoleInputs): string | undefined {
  if (inputs.externalId !== undefined) return "it needs an ExternalId";
  if (Object.keys(inputs.tags).length > 0) return "it has session tags";
  if (inputs.sourceIdentity !== undefined) return "it has a source identity";
  const isBounded = inputs.policyArns.length > 0 || inputs.policy !== undefined;
  return isBounded ? "the console does not apply its session policies" : undefined;
}
