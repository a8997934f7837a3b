// Findings about programs that find a profile but never run its credential_process, and about profiles that hold
// credentials in plain text for such programs.

import { commandLine } from "../text/command-line.ts";
import { type Finding, note } from "./findings.ts";

/** Programs that read access keys from AWS's files and never start a credential process (docs/clients.md). */
const withoutProcess: readonly { readonly program: string; readonly name: string }[] = [
  { program: "serverless", name: "Serverless Framework" },
  { program: "sls", name: "Serverless Framework" },
  { program: "s3cmd", name: "s3cmd" },
];

/** `isInstalled`: whether a folder of PATH has this program. */
export function clientFindings(isInstalled: (program: string) => boolean): readonly Finding[] {
  const found = withoutProcess.filter(({ program }) => isInstalled(program));
  return [...new Map(found.map((each) => [each.name, each])).values()].map(({ program, name }) => {
    const message = `${name} never calls a credential process, so it can't use a profile of awst`;
    const hint = `awst exec ACCOUNT ROLE -- ${program} …; or write.mode = "keys" for the role`;
    return note("profiles", message, hint);
  });
}

export interface PlainKeys {
  readonly account: string;
  readonly role: string;
  /** When the keys expire, for a message: `16:29 (in 20 min)`; undefined: unknown. */
  readonly until: string | undefined;
}

/** Names every role whose keys are in plain text in the file, once. */
export function plainKeyFindings(path: string, all: readonly PlainKeys[]): readonly Finding[] {
  const roles = new Map(all.map((each) => [`${each.account} ${each.role}`, each]));
  return [...roles.values()].map(({ account, role, until = "an unknown time" }) => {
    const message = `${path} holds credentials of ${account} ${role} in plain text (write.mode = "keys") until ${until}`;
    return note("profiles", message, commandLine(["awst", "logout", account, role]));
  });
}
