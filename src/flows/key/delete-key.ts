// `key delete`: a key of the user's that awst does not hold, and its description with it. One that may
// still be in use somewhere is asked about first.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { findKey } from "../../model/key/find-key.ts";
import { type KeyFacts, keyFactsText } from "../../model/key/key-listing.ts";
import type { Iam } from "../../ports/iam.ts";
import { asUser, type UserWish } from "../session/as-user.ts";
import { holdKey } from "./hold-key.ts";
import { type ListNeeds, readLastUse } from "./list-keys.ts";
import { refuseHeldKey } from "./refuse-held-key.ts";

export interface DeletedKey {
  readonly accessKeyId: string;
  /** `kept`: whoever may take tags away was not asked. */
  readonly description: "removed" | "kept";
}

const recentDays = 30;

/** `sure`: --yes. undefined: a person said no. Errors: USAGE for no key's id, and for the key awst
 *  holds; CONFIRMATION_NEEDED with nobody to ask. */
export async function deleteKey(
  world: ListNeeds,
  wanted: { readonly identity: string | undefined; readonly id: string; readonly sure: boolean },
  wish: UserWish,
): Promise<DeletedKey | undefined> {
  const { identity, id } = wanted;
  let isSure = wanted.sure;
  return asUser(world, identity, wish, async (iam, userName, caller) => {
    const { keys, at } = await iam.listAccessKeys(userName);
    const { key, guessed } = findKey(keys, id);
    const { accessKeyId } = key;
    if (guessed) world.say(`${id} is ${accessKeyId}`);
    await refuseHeldKey(world, caller, accessKeyId, "deleted");
    if (!isSure) {
      const facts = { ...key, lastUse: await readLastUse(world, iam, accessKeyId) };
      isSure = !mayBeInUse(facts, at) || (await confirm(world, facts, at, wish));
      if (!isSure) return undefined;
    }
    return holdKey(world, caller, wish.words, async () => {
      await refuseHeldKey(world, caller, accessKeyId, "deleted");
      await iam.deleteAccessKey(userName, accessKeyId);
      world.state.record("key-deleted", { identity: caller.identity.name, accessKeyId });
      return { accessKeyId, description: await removeDescription(iam, userName, accessKeyId) };
    });
  });
}

function mayBeInUse({ status, lastUse }: KeyFacts, now: Date): boolean {
  if (status === "Active") return true;
  const used = lastUse?.at;
  return used !== undefined && now.getTime() - used.getTime() < recentDays * 86_400_000;
}

async function confirm(
  world: ListNeeds,
  key: KeyFacts,
  now: Date,
  wish: UserWish,
): Promise<boolean> {
  const facts = keyFactsText(key, now);
  const terminal = await world.terminal();
  if (terminal.isHere()) {
    return terminal.confirm({ text: `Delete ${key.accessKeyId} (${facts}) for good?` });
  }
  throw new AwstError(
    "CONFIRMATION_NEEDED",
    `${key.accessKeyId} may be in use (${facts}), and nobody is here to ask`,
    {
      hint: `${wish.retry} --yes`,
    },
  );
}

/** The key is gone already: what goes wrong here is no failure. */
async function removeDescription(
  iam: Iam,
  userName: string,
  accessKeyId: string,
): Promise<DeletedKey["description"]> {
  try {
    await iam.untagUser(userName, [accessKeyId]);
    return "removed";
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return "kept";
  }
}
