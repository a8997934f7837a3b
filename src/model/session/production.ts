// Which roles need a yes before awst gets a session: administrative roles in accounts with `production = true`. The user
// is asked once for each session, never while a session is cached, and never for a credential process.

import type { Account, Role } from "../configuration/configuration.ts";
import { AwstError } from "../errors.ts";
import { retryLine } from "./retry-line.ts";
import type { SessionRequest } from "./session-request.ts";
import type { Target } from "./target.ts";

/**
 * A role is administrative if its name, without its path, contains "admin" in any letter case. `confirm` in the role's
 * table decides instead: `true` for other roles, `false` for one that only has such a name.
 */
export function isAdministrative({ name, confirm }: Pick<Role, "name" | "confirm">): boolean {
  return confirm ?? /admin/i.test(name.slice(name.lastIndexOf("/") + 1));
}

export function needsConfirmation(
  { account, role }: { readonly account: Pick<Account, "production">; readonly role: Role },
  request: Pick<SessionRequest, "requester" | "isConfirmed">,
): boolean {
  if (request.requester === "machine" || request.isConfirmed) return false;
  return account.production === true && isAdministrative(role);
}

export function confirmationText({ account, role }: Pick<Target, "account" | "role">): string {
  return `${account.name} (${account.id}) is a production account. Use ${role.name} there?`;
}

/** Without a terminal a script says --yes itself. */
export function confirmationNeeded(request: SessionRequest, target: Target): AwstError {
  const names = `${target.account.name} ${target.role.name}`;
  return new AwstError(
    "CONFIRMATION_NEEDED",
    `${names} is an administrative role in a production account; no terminal to confirm it`,
    { hint: `${retryLine(request, target)} --yes` },
  );
}

export function notConfirmed({ account, role }: Pick<Target, "account" | "role">): AwstError {
  return new AwstError(
    "NOT_CONFIRMED",
    `no session for ${account.name} ${role.name}: you answered no`,
  );
}
