// How a user is named on the command line: by name, or by ARN. An ARN also says in which account the user is, so that a
// session of another account changes no user there who has the same name. An ARN without a path, as the Terraform module
// passes it, stands for a user with any path; another path is another user.

import { isUserName } from "../../model/aws/response-checks.ts";
import { AwstError } from "../../model/errors.ts";

/** Returns the name in an ARN of a user, or what was typed. Errors: USAGE for an ARN of something else. */
export function userNameOf(typed: string): string {
  return parse(typed).name;
}

/**
 * The same, in the account of the session. A text that can't be a name is not a user who is gone: with --missing-ok, an empty
 * variable would end as a success. Errors: also USAGE for such a text, ADMIN_REFUSED for a user of another account.
 */
export function userNameIn(typed: string, accountId: string): string {
  const { name, owner } = parse(typed);
  checkUserName(name);
  if (owner === undefined || owner === accountId) return name;
  const message = `${typed} is a user of account ${owner}, and the session is of ${accountId}`;
  throw new AwstError("ADMIN_REFUSED", message, { hint: "--as ACCOUNT/ROLE" });
}

/** Errors: USAGE for what IAM never has as a name. */
export function checkUserName(name: string): void {
  if (isUserName(name) && name.length <= 64) return;
  throw new AwstError("USAGE", `${JSON.stringify(name)} can't be the name of an IAM user`, {
    hint: "1 to 64 letters, digits and any of _+=,.@-",
  });
}

/** Returns the path in an ARN; undefined for a name, and for an ARN without a path. */
export function userPathOf(typed: string): string | undefined {
  return parse(typed).path;
}

/** `arn`: of the user, or of the caller where there is no such user. Errors: ADMIN_REFUSED for an ARN of another partition. */
export function requireTypedPartition(typed: string, arn: string | undefined): void {
  const { name, partition } = parse(typed);
  const actual = arn?.split(":")[1];
  if (partition === undefined || actual === undefined || partition === actual) return;
  throw anotherUser(typed, `the partition of the account is ${actual}`, name);
}

/** `path`: of the user. Errors: ADMIN_REFUSED for an ARN with another path. */
export function requireTypedPath(typed: string, path: string | undefined): void {
  const { name, path: wanted } = parse(typed);
  if (wanted === undefined || path === undefined || wanted === path) return;
  throw anotherUser(typed, `the path of ${name} is ${path}`, name);
}

function anotherUser(typed: string, why: string, name: string): AwstError {
  const message = `${typed} is not the ARN of the user: ${why}`;
  return new AwstError("ADMIN_REFUSED", message, { hint: `the user's name alone: ${name}` });
}

interface TypedUser {
  readonly name: string;
  readonly partition?: string;
  readonly owner?: string | undefined;
  /** Begins and ends with a slash; undefined for `/`. */
  readonly path?: string | undefined;
}

function parse(typed: string): TypedUser {
  if (!typed.startsWith("arn:")) return { name: typed };
  const [, partition, owner, path, name] =
    /^arn:(aws[a-z-]*):iam::(\d{12}):user(\/(?:[\x21-\x7e]+\/)?)([\w+=,.@-]{1,64})$/.exec(typed) ??
    [];
  if (name !== undefined && partition !== undefined) {
    return { name, partition, owner, path: path === "/" ? undefined : path };
  }
  throw new AwstError("USAGE", `${JSON.stringify(typed)} is not the ARN of an IAM user`, {
    hint: "arn:aws:iam::111122223333:user/NAME",
  });
}
