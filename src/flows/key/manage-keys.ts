// `key list`: the user's own access keys, with what may be known of each.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { findKey } from "../../model/key/find-key.ts";
import { checkDescription, descriptionOf, type Tags } from "../../model/key/key-description.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { cachedKeyIdsName, decodeCachedKeyIds } from "../../model/session/config-cache.ts";
import { commandLine } from "../../model/text/command-line.ts";
import {
  type KeyFacts,
  type KeyLine,
  type KeyListing,
  keyFactsText,
  type LastUse,
} from "../../output/key/key-listing.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Context, Needs } from "../../ports.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { holdKey } from "./key-ages.ts";

/** Errors: those of `asUser`; AWS_DENIED for the list itself, the rest is left out where it is denied. */
export async function listKeys(
  context: Context,
  identity: string | undefined,
  wish: UserRequest,
): Promise<KeyListing> {
  return asUser(context, identity, wish, async (iam, userName, identityContext) => {
    const { keys, at } = await iam.listAccessKeys(userName);
    const tags = await readTags(context, iam, userName);
    const uses = await Promise.all(
      keys.map(({ accessKeyId }) => readLastUse(context, iam, accessKeyId)),
    );
    const lines = keys.map(
      (key, index): KeyLine => ({
        ...key,
        lastUse: uses[index],
        description: descriptionOf(tags ?? {}, key.accessKeyId),
        heldIn:
          key.accessKeyId === identityContext.key.accessKeyId
            ? identityContext.key.source
            : undefined,
      }),
    );
    return {
      identity: identityContext.identity.name,
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
  context: Needs<"debug">,
  iam: Iam,
  accessKeyId: string,
): Promise<LastUse | undefined> {
  try {
    const { usedAt, service, region } = await iam.lastUseOf(accessKeyId);
    return { at: usedAt, service, region };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_ABSENT")) throw error;
    context.debug(error.message);
    return undefined;
  }
}

/** undefined: not allowed. */
export async function readTags(
  context: Needs<"debug">,
  iam: Iam,
  userName: string,
): Promise<Tags | undefined> {
  try {
    return (await iam.listUserTags(userName)).tags;
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    context.debug(error.message);
    return undefined;
  }
}

/** `wasSo`: nothing was to be done. Errors: USAGE for no key's id, and for the key awst holds. */
export async function changeKeyStatus(
  context: Context,
  wanted: {
    readonly identity: string | undefined;
    readonly id: string;
    readonly status: "Active" | "Inactive";
  },
  wish: UserRequest,
): Promise<{ readonly accessKeyId: string; readonly wasSo: boolean }> {
  const { identity, id, status } = wanted;
  return asUser(context, identity, wish, async (iam, userName, identityContext) => {
    const { key, guessed } = findKey((await iam.listAccessKeys(userName)).keys, id);
    const { accessKeyId } = key;
    if (guessed) context.say(`${id} is ${accessKeyId}`);
    return holdKey(context, identityContext, wish.purpose, async () => {
      if (status === "Inactive")
        await refuseHeldKey(context, identityContext, accessKeyId, "deactivated");
      if (key.status === status) return { accessKeyId, wasSo: true };
      await iam.setAccessKeyStatus(userName, accessKeyId, status);
      const event = status === "Active" ? "key-activated" : "key-deactivated";
      context.state.record(event, { identity: identityContext.identity.name, accessKeyId });
      return { accessKeyId, wasSo: false };
    });
  });
}

/** An empty text takes it away. The key's whole id. Errors: USAGE for a text AWS would not take or no
 *  key's id; AWS_DENIED, IAM_QUOTA (50 tags). */
export async function describeKey(
  context: Context,
  wanted: { readonly identity: string | undefined; readonly id: string; readonly text: string },
  wish: UserRequest,
): Promise<{ readonly accessKeyId: string }> {
  const { identity, id, text } = wanted;
  checkDescription(text);
  return asUser(context, identity, wish, async (iam, userName, identityContext) => {
    const { key, guessed } = findKey((await iam.listAccessKeys(userName)).keys, id);
    const { accessKeyId } = key;
    if (guessed) context.say(`${id} is ${accessKeyId}`);
    if (text === "") await iam.untagUser(userName, [accessKeyId]);
    else await iam.tagUser(userName, { [accessKeyId]: text });
    context.state.record("key-described", { identity: identityContext.identity.name, accessKeyId });
    return { accessKeyId };
  });
}

export interface DeletedKey {
  readonly accessKeyId: string;
  /** `kept`: whoever may take tags away was not asked. */
  readonly description: "removed" | "kept";
}

const recentDays = 30;

/** `sure`: --yes. undefined: a person said no. Errors: USAGE for no key's id, and for the key awst
 *  holds; CONFIRMATION_NEEDED with nobody to ask. */
export async function deleteKey(
  context: Context,
  wanted: { readonly identity: string | undefined; readonly id: string; readonly sure: boolean },
  wish: UserRequest,
): Promise<DeletedKey | undefined> {
  const { identity, id } = wanted;
  let isSure = wanted.sure;
  return asUser(context, identity, wish, async (iam, userName, identityContext) => {
    const { keys, at } = await iam.listAccessKeys(userName);
    const { key, guessed } = findKey(keys, id);
    const { accessKeyId } = key;
    if (guessed) context.say(`${id} is ${accessKeyId}`);
    await refuseHeldKey(context, identityContext, accessKeyId, "deleted");
    if (!isSure) {
      const facts = { ...key, lastUse: await readLastUse(context, iam, accessKeyId) };
      isSure = !mayBeInUse(facts, at) || (await confirm(context, facts, at, wish));
      if (!isSure) return undefined;
    }
    return holdKey(context, identityContext, wish.purpose, async () => {
      await refuseHeldKey(context, identityContext, accessKeyId, "deleted");
      await iam.deleteAccessKey(userName, accessKeyId);
      context.state.record("key-deleted", { identity: identityContext.identity.name, accessKeyId });
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
  context: Context,
  key: KeyFacts,
  now: Date,
  wish: UserRequest,
): Promise<boolean> {
  const facts = keyFactsText(key, now);
  const terminal = await context.terminal();
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

/** Held by any identity, as far as is known. USAGE, with the line that does it safely. */
export async function refuseHeldKey(
  context: Needs<"state">,
  identityContext: IdentityContext,
  accessKeyId: string,
  verb: string,
): Promise<void> {
  const { name } = identityContext.identity;
  const kept = decodeAccessKey(await identityContext.keychain.read(keyItem(name)));
  const notes = Object.entries(decodeCachedKeyIds(context.state.read(cachedKeyIdsName)));
  const isOwn = [identityContext.key.accessKeyId, kept?.accessKeyId].includes(accessKeyId);
  const holder = isOwn ? name : notes.find(([, note]) => note.accessKeyId === accessKeyId)?.[0];
  if (holder === undefined) return;
  throw new AwstError(
    "USAGE",
    `${accessKeyId} is the key that awst holds for "${holder}": it is not ${verb}`,
    {
      hint: `to replace it by a new one: ${commandLine(["awst", "key", "rotate", "--identity", holder])}`,
    },
  );
}
