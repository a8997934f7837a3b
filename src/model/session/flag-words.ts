// The flags of a session as words again, for a line to paste.

import type { SessionFlags } from "./target.ts";

/** The flags that say the same again: a policy by the file it came from. */
export function flagWords(flags: SessionFlags): readonly string[] {
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
