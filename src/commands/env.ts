// awst env ACCOUNT ROLE: prints the session's credentials as lines for a shell. They can't renew there, so a note
// says when they expire.

import { defineCommand } from "../args/command.ts";
import {
  format,
  obtainingOptions,
  optionalAccountAndRole,
  readSessionRequest,
  shapingOptions,
} from "../args/session-options.ts";
import { obtainSession } from "../flows/session/obtain-session.ts";
import { pickTarget, recordPick } from "../flows/target/pick-target.ts";
import { fixedText } from "../output/session/session-report.ts";
import { credentialsFor, printKeys } from "../output/shell/printed-keys.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "env",
  group: "Sessions",
  summary: "print a session's credentials for eval, like `assume --format env`",
  details:
    "Writes no profile. Without account and role, it prints the credentials of the role that this shell has. Credentials in an environment can't renew. A session with less than half of its time left is therefore renewed first, if that needs no code.",
  arguments: optionalAccountAndRole,
  options: {
    ...obtainingOptions,
    ...shapingOptions,
    format: { ...format, help: "another format than env" },
  },
  examples: [
    { line: 'eval "$(awst env main-account DeveloperAccess)"', meaning: "into this shell" },
    {
      line: "awst env main-account DeveloperAccess --format fish | source",
      meaning: "the same in fish",
    },
  ],
  async run(context: Context, args) {
    const names = await pickTarget(context, { ...args, withoutNames: "shell" });
    const request = await readSessionRequest(args, names, how, context.readText);
    const obtained = await obtainSession(context, request);
    const credentials = credentialsFor(obtained.session, args.region);
    const text = printKeys(args.format ?? "env", credentials, context.env);
    await recordPick(context, obtained);
    return { text, notes: [fixedText(obtained, context.clock().awsNow)] };
  },
});

const how = { requester: "user", keysAreFixed: true } as const;
