// The line that asks for the same session again, with a person there.

import { commandLine } from "../text/command-line.ts";
import { flagWords } from "./flag-words.ts";
import type { SessionRequest } from "./session-request.ts";
import type { Target } from "./target.ts";

export function retryLine(
  { flags, identity, refresh }: SessionRequest,
  { account, role }: Pick<Target, "account" | "role">,
): string {
  const whose = identity === undefined ? [] : ["--identity", identity];
  const fresh = refresh ? ["--refresh"] : [];
  const names = [account.name, role.name];
  return commandLine(["awst", "assume", ...names, ...flagWords(flags), ...whose, ...fresh]);
}
