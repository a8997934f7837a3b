// awst logout [ACCOUNT [ROLE]], --all: forgets sessions and says what AWS will still accept.

import { logOut } from "../flows/session/log-out.ts";
import { AwstError } from "../model/errors.ts";
import { flagOption, type Words } from "../model/words.ts";
import { untilText } from "../output/session/session-report.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const [account, role] = words.arguments;
  const all = flagOption(words, "all");
  if (all && account !== undefined) {
    throw new AwstError("USAGE", "--all takes no account: it forgets everything", {
      hint: "awst logout --all",
    });
  }
  const { identity } = words;
  const done = await logOut(context, { account, role, identity, all });
  const now = context.now();
  for (const { name, keysUntil } of done.forgotten) {
    context.say(
      `forgot ${name}; keys already handed out hold at AWS until ${untilText(keysUntil, now)}`,
    );
  }
  for (const name of done.takenOut) {
    context.say(`took the keys of profile ${JSON.stringify(name)} out of the credentials file`);
  }
  if (done.forgotten.length === 0) context.say("no live session was there to forget");
  for (const { name, until } of done.stillWork) {
    context.say(`${name} still works without a code until ${untilText(until, now)}`);
  }
  if (done.stillWork.length > 0) context.say("to end that too: awst logout --all");
}
