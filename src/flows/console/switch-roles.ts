// Makes links that switch roles inside the AWS console: for one role, or for all offered roles. Calls nothing;
// nothing in the links is secret.

import { findIdentity, offeredRoles } from "../../model/configuration/find-in-configuration.ts";
import { userSignInPage } from "../../model/console/console-hosts.ts";
import { consolePage, consoleRegion } from "../../model/console/console-links.ts";
import {
  homeOf,
  type SwitchableRole,
  switchRoleLink,
  whyNoSwitch,
} from "../../model/console/switch-roles.ts";
import { AwstError } from "../../model/errors.ts";
import type { AccountAndRole } from "../../model/session/frecency.ts";
import { resolveTarget } from "../../model/session/resolve-target.ts";
import type { Target } from "../../model/session/target.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";

export interface SwitchLink {
  readonly target: Target;
  readonly link: string;
  /** The page that the link leads to; undefined: the console's choice. */
  readonly destination: string | undefined;
  /** Where the user signs in first; undefined when the home account is unknown. */
  readonly userPage: string | undefined;
}

/** USAGE for a role that the console can't switch to; ACCOUNT_UNKNOWN, ROLE_UNKNOWN, CONFIGURATION_*. */
export async function linkSwitchRole(
  context: Needs<"configurationFile" | "env" | "say">,
  names: AccountAndRole,
  request: {
    readonly identity: string | undefined;
    readonly region: string | undefined;
    readonly service: string | undefined;
  },
): Promise<SwitchLink> {
  const configuration = await loadConfiguration(context);
  const { account, role } = names;
  const { identity } = request;
  const target = resolveTarget(configuration, {
    ...{ account, role, identity, flags: {} },
    env: context.env,
  });
  const why = whyNoSwitch(target);
  if (why !== undefined) {
    const message = `the console can't switch to ${account} ${role}: ${why}`;
    throw new AwstError("USAGE", message, {
      hint: `to sign in as this role instead: ${commandLine(["awst", "console", account, role])}`,
    });
  }
  const opensPage = request.service !== undefined || request.region !== undefined;
  const destination = opensPage
    ? consolePage(consoleRegion(request.region, target.profileRegion), request.service)
    : undefined;
  const home = homeOf(configuration, target.identity.name);
  return {
    target,
    link: switchRoleLink(target, destination),
    destination,
    userPage: home && userSignInPage(home.accountId, target.callRegion),
  };
}

export interface SwitchableRoles {
  readonly roles: readonly (SwitchableRole & { readonly link: string })[];
  readonly leftOut: readonly (AccountAndRole & { readonly why: string })[];
}

/** Every account × offered role, of one identity or all. Errors: CONFIGURATION_*, IDENTITY_UNKNOWN. */
export async function listSwitchRoles(
  context: Needs<"configurationFile" | "env">,
  identity: string | undefined,
): Promise<SwitchableRoles> {
  const configuration = await loadConfiguration(context);
  if (identity !== undefined) findIdentity(configuration, identity);
  const asked = identity ?? configuration.defaultIdentity;
  const roles: (SwitchableRole & { readonly link: string })[] = [];
  const leftOut: (AccountAndRole & { readonly why: string })[] = [];
  for (const account of configuration.accounts.values()) {
    const owner = account.identity ?? asked;
    if (identity !== undefined && owner !== identity) continue;
    for (const role of offeredRoles(configuration, account)) {
      const target = resolveTarget(configuration, {
        account: account.name,
        role,
        identity: owner,
        flags: {},
        env: context.env,
      });
      const why = whyNoSwitch(target);
      if (why !== undefined) leftOut.push({ account: account.name, role, why });
      else {
        roles.push({
          account,
          role,
          region: target.profileRegion,
          home: homeOf(configuration, owner),
          link: switchRoleLink(target, undefined),
        });
      }
    }
  }
  return { roles, leftOut };
}
