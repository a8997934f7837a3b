// awst exec ACCOUNT ROLE -- CMD…: the program with the session's keys in its environment; its exit
// status is the answer.

import { obtainSession } from "../flows/obtain-session.ts";
import { rememberPick } from "../flows/pick-target.ts";
import { readSessionRequest } from "../flows/read-session-flags.ts";
import { childEnvironment } from "../model/child-environment.ts";
import { handedKeys, readRegion } from "../model/printed-keys.ts";
import { fixedText } from "../model/session-report.ts";
import type { Words } from "../model/words.ts";
import type { World } from "../ports.ts";

export async function run(world: World, words: Words): Promise<number> {
  const [account = "", role = ""] = words.arguments;
  const region = readRegion(words);
  const request = await readSessionRequest(world, words, { account, role }, how);
  const obtained = await obtainSession(world, request);
  world.say(fixedText(obtained, world.now()));
  await rememberPick(world, obtained);
  const env = childEnvironment(world.env, handedKeys(obtained.session, region), "keys");
  return (await world.children()).run(words.rest, env);
}

const how = { asker: "person", keysAreFixed: true } as const;
