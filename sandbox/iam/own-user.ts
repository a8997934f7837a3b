// Which user an IAM action means, and whether the caller may do it to that user. Without a UserName
// it is the caller, where that is a user.

import type { ActionRequest } from "../action.ts";
import type { User } from "../cloud/entities.ts";
import { authorize } from "../policy/authorize.ts";
import { noSuchEntity, validationError } from "../wire/service-error.ts";
import type { MemberShape } from "../wire/shapes.ts";

export const userNameShape: MemberShape = { min: 1, max: 128, pattern: /[\w+=,.@-]+/ };

/** `longTermOnly`: a name may be left out only where a long-term key signs. */
export function permittedUser(
  request: ActionRequest,
  action: string,
  options: { readonly longTermOnly?: boolean } = {},
): User {
  const { caller, parameters } = request;
  const named = parameters.get("UserName");
  const isUser = caller.kind === "user" && !(options.longTermOnly && caller.session);
  if (named === undefined && !isUser) {
    throw validationError("Must specify userName when calling with non-User credentials");
  }
  const name = named ?? caller.user?.name ?? "";
  const user = caller.account.findUser(name);
  permit(request, action, user?.arn ?? caller.account.arn(`user/${name}`));
  if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

/** Throws AWS's AccessDenied. */
export function permit(
  { caller, now, region }: ActionRequest,
  action: string,
  resource: string,
  extra: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): void {
  authorize(caller, `iam:${action}`, resource, { now, region, extra });
}
