// `awst key deactivate ID`

import { changeKeyStatus } from "../../flows/key/change-key-status.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import type { Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const [id = ""] = words.arguments;
  const wanted = { identity: words.identity, id, status: "Inactive" } as const;
  const changed = await changeKeyStatus(world, wanted, readUserWish(words, ["key", "deactivate"]));
  const { accessKeyId, wasSo } = changed;
  const json = { version: 1, accessKeyId, status: "inactive", changed: !wasSo };
  if (words.json) await world.out(`${JSON.stringify(json)}\n`);
  world.say(`${accessKeyId} ${wasSo ? "was" : "is now"} inactive${wasSo ? " already" : ""}`);
}
