// Which user an IAM action means, and whether the caller may do it to that user. Without a UserName
// it is the caller, where that is a user.

import type { ActionRequest } from "../action.ts";
import type { User } from "../cloud/entities.ts";
import { authorize } from "../policy/authorize.ts";
import { noSuchEntity, validationError } from "../wire/service-error.ts";
import { listEntries, type MemberShape, textList } from "../wire/shapes.ts";

export const userNameShape: MemberShape = { min: 1, max: 128, pattern: /[\w+=,.@-]+/ };

export interface WhoseOptions {
  /** A name may be left out only where a long-term key signs. */
  readonly longTermOnly?: boolean;
  /** Where a name is left out, this is what has to be granted. */
  readonly resourceWithoutName?: string | undefined;
}

export function permittedUser(
  request: ActionRequest,
  action: string,
  options: WhoseOptions = {},
): User {
  const { caller, parameters } = request;
  const named = parameters.get("UserName");
  const isUser = caller.kind === "user" && !(options.longTermOnly && caller.session);
  if (named === undefined && !isUser) {
    throw validationError("Must specify userName when calling with non-User credentials");
  }
  const name = named ?? caller.user?.name ?? "";
  const user = caller.account.findUser(name);
  const own = user?.arn ?? caller.account.arn(`user/${name}`);
  const wide = named === undefined ? options.resourceWithoutName : undefined;
  // AWS's sentence names a user so, though its policies name it by ARN.
  permit(request, action, wide ?? own, wide ?? `user ${name}`, tagContext(request, user));
  if (!user || isHidden(user, request)) {
    throw noSuchEntity(`The user with name ${name} cannot be found.`);
  }
  return user;
}

/** IAM is eventually consistent: a new user is unknown for a while. */
function isHidden({ isSeeded, createdAt }: User, { now, settings }: ActionRequest): boolean {
  const age = (now.getTime() - createdAt.getTime()) / 1000;
  return !isSeeded && age < settings.newUserVisibleAfterSeconds;
}

/** Throws AWS's AccessDenied. */
export function permit(
  { caller, now, region }: ActionRequest,
  action: string,
  resource: string,
  displayName: string = resource,
  extra: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  authorize(caller, `iam:${action}`, resource, { now, region, extra }, displayName);
}

/** The user's tags, and those that the request sets or removes. */
function tagContext(
  { parameters }: ActionRequest,
  user: User | undefined,
): Readonly<Record<string, string | readonly string[]>> {
  const own = (user?.tags ?? []).flatMap(({ key, value }) => [
    [`iam:ResourceTag/${key}`, value] as const,
    [`aws:ResourceTag/${key}`, value] as const,
  ]);
  const given = listEntries(parameters, "Tags");
  const keys = [...given.map((tag) => tag.get("Key") ?? ""), ...textList(parameters, "TagKeys")];
  const requested = given.map(
    (tag) => [`aws:RequestTag/${tag.get("Key") ?? ""}`, tag.get("Value") ?? ""] as const,
  );
  return Object.fromEntries([
    ...own,
    ...requested,
    ...(keys.length > 0 ? [["aws:TagKeys", keys] as const] : []),
  ]);
}
