// Asks for a value that is pasted. An invalid value is asked for again, with the reason: a command that ends at the first
// one leaves the next paste, a secret, to the shell, which shows it and stores it in its history.
// What comes from a file or a pipe is read once: it would be the same again.

import { isAwstError } from "../../model/errors.ts";
import type { Needs } from "../../ports.ts";

/** As often as a refused MFA code is asked for. More tries would keep a script that answers wrongly running. */
const maxTries = 3;

/**
 * Returns the first answer that `read` accepts. `read` throws USAGE for an invalid one, and its message quotes no secret.
 * Errors: the last reason; those of `ask`.
 */
export async function askUntilValid<Answer, Value>(
  context: Needs<"say">,
  ask: () => Promise<Answer>,
  read: (answer: Answer) => Value,
): Promise<Value> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    try {
      return read(answer);
    } catch (error) {
      if (!isAwstError(error, "USAGE") || tries === maxTries) throw error;
      const { message, hint } = error;
      context.say(hint === undefined ? message : `${message} (${hint})`);
    }
  }
}
