// How a user is named on the command line: by name, or by ARN. An ARN also says in which account the user is, so that a
// session of another account changes no user there who has the same name.

import { AwstError } from "../../model/errors.ts";

/** Returns the name in an ARN of a user, or what was typed. Errors: USAGE for an ARN of something else. */
export function userNameOf(typed: string): string {
  return parse(typed).name;
}

/** The same, in the account of the session. Errors: also ADMIN_REFUSED for a user of another account. */
export function userNameIn(typed: string, accountId: string): string {
  const { name, owner } = parse(typed);
  if (owner === undefined || owner === accountId) return name;
  const message = `${typed} is a user of account ${owner}, and the session is of ${accountId}`;
  throw new AwstError("ADMIN_REFUSED", message, { hint: "--as ACCOUNT/ROLE" });
}

function parse(typed: string): { readonly name: string; readonly owner: string | undefined } {
  if (!typed.startsWith("arn:")) return { name: typed, owner: undefined };
  const [, owner, name] =
    /^arn:aws[a-z-]*:iam::(\d{12}):user\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/.exec(typed) ?? [];
  if (name !== undefined) return { name, owner };
  throw new AwstError("USAGE", `${JSON.stringify(typed)} is not the ARN of an IAM user`, {
    hint: "arn:aws:iam::111122223333:user/NAME",
  });
}
