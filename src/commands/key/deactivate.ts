// `awst key deactivate ID`

import { changeKeyStatus } from "../../flows/key/manage-keys.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import type { Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const [id = ""] = words.arguments;
  const wanted = { identity: words.identity, id, status: "Inactive" } as const;
  const changed = await changeKeyStatus(
    context,
    wanted,
    readUserWish(words, ["key", "deactivate"]),
  );
  const { accessKeyId, wasSo } = changed;
  const json = { version: 1, accessKeyId, status: "inactive", changed: !wasSo };
  if (words.json) await context.out(`${JSON.stringify(json)}\n`);
  context.say(`${accessKeyId} ${wasSo ? "was" : "is now"} inactive${wasSo ? " already" : ""}`);
}
