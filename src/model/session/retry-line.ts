// The command that asks for the same session again, on a terminal.

import { commandLine } from "../text/command-line.ts";
import type { SessionRequest } from "./session-request.ts";
import type { SessionFlags, Target } from "./target.ts";

export function retryLine(
  { flags, identity, device, refresh }: SessionRequest,
  { account, role }: Pick<Target, "account" | "role">,
): string {
  const whose = identity === undefined ? [] : ["--identity", identity];
  const asked = device === undefined ? [] : ["--device", device];
  const fresh = refresh ? ["--refresh"] : [];
  const names = [account.name, role.name];
  return commandLine([
    "awst",
    "assume",
    ...names,
    ...flagArgs(flags),
    ...whose,
    ...asked,
    ...fresh,
  ]);
}

/** The flags that say the same again: a policy by the file it came from. */
export function flagArgs(flags: SessionFlags): readonly string[] {
  const option = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [name, String(value)];
  return [
    ...option("--duration", flags.durationSeconds),
    ...(flags.single ? ["--single"] : []),
    ...option("--session-name", flags.sessionName),
    ...(flags.policyArns ?? []).flatMap((arn) => ["--policy-arn", arn]),
    ...Object.entries(flags.tags ?? {}).flatMap(([key, value]) => ["--tag", `${key}=${value}`]),
    ...option("--source-identity", flags.sourceIdentity),
    ...option("--policy-file", flags.policyFile),
  ];
}
