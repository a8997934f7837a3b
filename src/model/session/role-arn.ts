// The ARN of a role, as a user pastes it: from IAM (`arn:aws:iam::…:role/…`), or the ARN of a session of the role,
// which `whoami` prints (`arn:aws:sts::…:assumed-role/…`).

import { roleNameProblem } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";

export interface RoleArn {
  readonly partition: string;
  /** 12 digits. */
  readonly accountId: string;
  /** With its path; the ARN of a session has none. */
  readonly role: string;
  /** Whether the path is unknown. */
  readonly isSession: boolean;
}

/** Returns undefined for a text that is no ARN. Throws USAGE for an ARN of something else. */
export function parseRoleArn(text: string): RoleArn | undefined {
  if (!text.startsWith("arn:")) return undefined;
  const found =
    /^arn:(aws[a-z-]*):(?:iam::(\d{12}):role\/(.+)|sts::(\d{12}):assumed-role\/([^/]+)(?:\/[^/]*)?)$/.exec(
      text,
    );
  const [, partition = "", roleAccount, role, sessionAccount, sessionRole] = found ?? [];
  const name = role ?? sessionRole ?? "";
  if (found === null || roleNameProblem(name) !== undefined) {
    throw new AwstError("USAGE", `${JSON.stringify(text)} is not the ARN of a role`, {
      hint: "awst assume arn:aws:iam::111111111111:role/ROLE",
    });
  }
  return {
    partition,
    accountId: roleAccount ?? sessionAccount ?? "",
    role: name,
    isSession: sessionRole !== undefined,
  };
}
