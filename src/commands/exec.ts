// awst exec ACCOUNT ROLE -- CMD…: the program with the session's keys in its environment, or with --server
// with an endpoint that renews them; its exit status is the answer.

import { obtainSession } from "../flows/session/obtain-session.ts";
import { rememberPick } from "../flows/session/pick-target.ts";
import { readSessionRequest } from "../flows/session/read-session-flags.ts";
import { serveSession } from "../flows/session/serve-session.ts";
import { childEnvironment } from "../model/shell/child-environment.ts";
import { flagOption, type Words } from "../model/words.ts";
import { fixedText } from "../output/session/session-report.ts";
import { handedKeys, readRegion } from "../output/shell/printed-keys.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<number> {
  const [account = "", role = ""] = words.arguments;
  const region = readRegion(words);
  const isServed = flagOption(words, "server");
  const how = { requester: "person", keysAreFixed: !isServed } as const;
  const request = await readSessionRequest(context, words, { account, role }, how);
  if (isServed) return serveSession(context, request, { words: words.rest, region });
  const obtained = await obtainSession(context, request);
  context.say(fixedText(obtained, context.now()));
  await rememberPick(context, obtained);
  const env = childEnvironment(context.env, handedKeys(obtained.session, region), "keys");
  return (await context.children()).run(words.rest, env);
}
