// Which IAM user a command means after the configuration was deleted. What a user removes from this machine, AWS and the
// configuration need not know about: the state of earlier commands names the users.

import { AwstError } from "../errors.ts";

/**
 * Returns the name of the user. `typed`: --identity. `recorded`: the users of which there is something to remove, as far
 * as awst recorded it. Errors: CHOICE_NEEDED for several users, and `missing` with another hint for none.
 */
export function userWithoutConfiguration(
  typed: string | undefined,
  recorded: readonly string[],
  missing: AwstError,
): string {
  if (typed !== undefined) return typed;
  const names = [...new Set(recorded)];
  const [first, second] = names;
  if (first === undefined) {
    const { code, message } = missing;
    throw new AwstError(code, message, {
      hint: "without a configuration, name the user: --identity NAME",
      cause: missing,
    });
  }
  if (second === undefined) return first;
  const quoted = names.map((name) => JSON.stringify(name)).join(", ");
  throw new AwstError(
    "CHOICE_NEEDED",
    `without a configuration, one user has to be named: ${quoted}`,
    { hint: `--identity ${first}`, cause: missing },
  );
}
