// `key describe`: a key's description, where the AWS console shows it and sets it too.

import { findKey } from "../../model/key/find-key.ts";
import { checkDescription } from "../../model/key/key-description.ts";
import { asUser, type UserNeeds, type UserWish } from "../session/as-user.ts";

/** An empty text takes it away. The key's whole id. Errors: USAGE for a text AWS would not take or no
 *  key's id; AWS_DENIED, IAM_QUOTA (50 tags). */
export async function describeKey(
  world: UserNeeds,
  wanted: { readonly identity: string | undefined; readonly id: string; readonly text: string },
  wish: UserWish,
): Promise<{ readonly accessKeyId: string }> {
  const { identity, id, text } = wanted;
  checkDescription(text);
  return asUser(world, identity, wish, async (iam, userName, caller) => {
    const { key, guessed } = findKey((await iam.listAccessKeys(userName)).keys, id);
    const { accessKeyId } = key;
    if (guessed) world.say(`${id} is ${accessKeyId}`);
    if (text === "") await iam.untagUser(userName, [accessKeyId]);
    else await iam.tagUser(userName, { [accessKeyId]: text });
    world.state.record("key-described", { identity: caller.identity.name, accessKeyId });
    return { accessKeyId };
  });
}
