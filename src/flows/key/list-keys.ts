// `key list`: the user's own access keys, with what may be known of each.

import { isAwstError } from "../../model/errors.ts";
import { descriptionOf, type Tags } from "../../model/key/key-description.ts";
import type { KeyLine, KeyListing, LastUse } from "../../model/key/key-listing.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";
import { asUser, type UserNeeds, type UserWish } from "../session/as-user.ts";

export type ListNeeds = UserNeeds & Needs<"debug">;

/** Errors: those of `asUser`; AWS_DENIED for the list itself, the rest is left out where it is denied. */
export async function listKeys(
  world: ListNeeds,
  identity: string | undefined,
  wish: UserWish,
): Promise<KeyListing> {
  return asUser(world, identity, wish, async (iam, userName, caller) => {
    const { keys, at } = await iam.listAccessKeys(userName);
    const tags = await readTags(world, iam, userName);
    const uses = await Promise.all(
      keys.map(({ accessKeyId }) => readLastUse(world, iam, accessKeyId)),
    );
    const lines = keys.map(
      (key, index): KeyLine => ({
        ...key,
        lastUse: uses[index],
        description: descriptionOf(tags ?? {}, key.accessKeyId),
        heldIn: key.accessKeyId === caller.key.accessKeyId ? caller.key.source : undefined,
      }),
    );
    return {
      identity: caller.identity.name,
      userName,
      at,
      keys: lines.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime()),
      lastUseIsDenied: uses.includes(undefined),
      descriptionsAreDenied: tags === undefined,
    };
  });
}

/** undefined: not allowed, or AWS does not know the key (yet). */
export async function readLastUse(
  world: Needs<"debug">,
  iam: Iam,
  accessKeyId: string,
): Promise<LastUse | undefined> {
  try {
    const { usedAt, service, region } = await iam.lastUseOf(accessKeyId);
    return { at: usedAt, service, region };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_ABSENT")) throw error;
    world.debug(error.message);
    return undefined;
  }
}

/** undefined: not allowed. */
export async function readTags(
  world: Needs<"debug">,
  iam: Iam,
  userName: string,
): Promise<Tags | undefined> {
  try {
    return (await iam.listUserTags(userName)).tags;
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    world.debug(error.message);
    return undefined;
  }
}
