// awst env ACCOUNT ROLE: the session's keys as lines for a shell. They can't renew there: until when they
// hold is said.

import { obtainSession } from "../flows/session/obtain-session.ts";
import { rememberPick } from "../flows/session/pick-target.ts";
import { readSessionRequest } from "../flows/session/read-session-flags.ts";
import { handedKeys, printKeys, readFormat, readRegion } from "../model/shell/printed-keys.ts";
import { fixedText } from "../model/shell/session-report.ts";
import type { Words } from "../model/words.ts";
import type { World } from "../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const [account = "", role = ""] = words.arguments;
  const region = readRegion(words);
  const request = await readSessionRequest(world, words, { account, role }, how);
  const obtained = await obtainSession(world, request);
  const handed = handedKeys(obtained.session, region);
  await world.out(printKeys(readFormat(words) ?? "env", handed, world.env));
  world.say(fixedText(obtained, world.now()));
  await rememberPick(world, obtained);
}

const how = { asker: "person", keysAreFixed: true } as const;
