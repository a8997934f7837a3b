// awst exec ACCOUNT ROLE -- CMD…: the program with the session's keys in its environment, or with --server
// with an endpoint that renews them; its exit status is the answer.

import { obtainSession } from "../flows/session/obtain-session.ts";
import { rememberPick } from "../flows/session/pick-target.ts";
import { readSessionRequest } from "../flows/session/read-session-flags.ts";
import { serveSession } from "../flows/session/serve-session.ts";
import { childEnvironment } from "../model/shell/child-environment.ts";
import { handedKeys, readRegion } from "../model/shell/printed-keys.ts";
import { fixedText } from "../model/shell/session-report.ts";
import { flagOption, type Words } from "../model/words.ts";
import type { World } from "../ports.ts";

export async function run(world: World, words: Words): Promise<number> {
  const [account = "", role = ""] = words.arguments;
  const region = readRegion(words);
  const isServed = flagOption(words, "server");
  const how = { asker: "person", keysAreFixed: !isServed } as const;
  const request = await readSessionRequest(world, words, { account, role }, how);
  if (isServed) return serveSession(world, request, { words: words.rest, region });
  const obtained = await obtainSession(world, request);
  world.say(fixedText(obtained, world.now()));
  await rememberPick(world, obtained);
  const env = childEnvironment(world.env, handedKeys(obtained.session, region), "keys");
  return (await world.children()).run(words.rest, env);
}
