// `key activate`, `key deactivate`: of the user's own keys, but never the one in use off.

import { findKey } from "../../model/key/find-key.ts";
import { asUser, type UserNeeds, type UserWish } from "../session/as-user.ts";
import { holdKey } from "./hold-key.ts";
import { refuseHeldKey } from "./refuse-held-key.ts";

/** `wasSo`: nothing was to be done. Errors: USAGE for no key's id, and for the key awst holds. */
export async function changeKeyStatus(
  world: UserNeeds,
  wanted: {
    readonly identity: string | undefined;
    readonly id: string;
    readonly status: "Active" | "Inactive";
  },
  wish: UserWish,
): Promise<{ readonly accessKeyId: string; readonly wasSo: boolean }> {
  const { identity, id, status } = wanted;
  return asUser(world, identity, wish, async (iam, userName, caller) => {
    const { key, guessed } = findKey((await iam.listAccessKeys(userName)).keys, id);
    const { accessKeyId } = key;
    if (guessed) world.say(`${id} is ${accessKeyId}`);
    return holdKey(world, caller, wish.words, async () => {
      if (status === "Inactive") await refuseHeldKey(world, caller, accessKeyId, "deactivated");
      if (key.status === status) return { accessKeyId, wasSo: true };
      await iam.setAccessKeyStatus(userName, accessKeyId, status);
      const event = status === "Active" ? "key-activated" : "key-deactivated";
      world.state.record(event, { identity: caller.identity.name, accessKeyId });
      return { accessKeyId, wasSo: false };
    });
  });
}
