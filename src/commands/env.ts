// awst env ACCOUNT ROLE: the session's keys as lines for a shell. They can't renew there: until when they
// hold is said.

import { obtainSession } from "../flows/session/obtain-session.ts";
import { rememberPick } from "../flows/session/pick-target.ts";
import { readSessionRequest } from "../flows/session/read-session-flags.ts";
import type { Words } from "../model/words.ts";
import { fixedText } from "../output/session/session-report.ts";
import { handedKeys, printKeys, readFormat, readRegion } from "../output/shell/printed-keys.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const [account = "", role = ""] = words.arguments;
  const region = readRegion(words);
  const request = await readSessionRequest(context, words, { account, role }, how);
  const obtained = await obtainSession(context, request);
  const handed = handedKeys(obtained.session, region);
  await context.out(printKeys(readFormat(words) ?? "env", handed, context.env));
  context.say(fixedText(obtained, context.now()));
  await rememberPick(context, obtained);
}

const how = { requester: "person", keysAreFixed: true } as const;
