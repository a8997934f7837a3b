// awst exec ACCOUNT ROLE -- CMD…: the program with the session's keys in its environment, or with --server
// with an endpoint that renews them; its exit status is the answer.

import { defineCommand } from "../args/command.ts";
import { flag } from "../args/options.ts";
import {
  accountAndRole,
  obtainingOptions,
  readSessionRequest,
  shapingOptions,
} from "../args/session-options.ts";
import { obtainSession } from "../flows/session/obtain-session.ts";
import { rememberPick } from "../flows/session/pick-target.ts";
import { serveSession } from "../flows/session/serve-session.ts";
import { childEnvironment } from "../model/shell/child-environment.ts";
import { fixedText } from "../output/session/session-report.ts";
import { handedKeys } from "../output/shell/printed-keys.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "exec",
  group: "Sessions",
  summary: "run a program with a session's keys in its environment",
  details:
    "The keys can't renew in there: they are renewed first when under half is left and no code is needed. Signals pass through, and the program's exit status is awst's. With --server the program asks an endpoint on 127.0.0.1, as in a container, and finds renewed keys there for as long as it runs; a code is never asked for meanwhile: awst says what to type in another shell. Keys of [default] would win over the endpoint in every SDK, so the program sees empty files in the place of ~/.aws/config and ~/.aws/credentials, and no profiles.",
  arguments: accountAndRole,
  options: {
    ...obtainingOptions,
    server: flag("keys that renew while the program runs, instead of fixed ones"),
    ...shapingOptions,
  },
  takesProgram: true,
  examples: [
    { line: "awst exec main-account DeveloperAccess -- aws s3 ls", meaning: "one command" },
    {
      line: "awst exec production AdminAccess --single --duration 4h -- ./migrate",
      meaning: "four hours in one piece",
    },
    {
      line: "awst exec main-account DeveloperAccess --server -- ./long-job",
      meaning: "keys that renew while it runs",
    },
  ],
  async run(context: Context, args) {
    const { region, program, server } = args;
    const how = { requester: "person", keysAreFixed: !server } as const;
    const request = await readSessionRequest(args, args, how, context.readText);
    if (server) {
      return { exitStatus: await serveSession(context, request, { words: program, region }) };
    }
    const obtained = await obtainSession(context, request);
    context.say(fixedText(obtained, context.now()));
    await rememberPick(context, obtained);
    const env = childEnvironment(context.env, handedKeys(obtained.session, region), "keys");
    return { exitStatus: await (await context.children()).run(program, env) };
  },
});
