// `key list`, `describe`, `activate`, `deactivate` and `delete`: the IAM user's own access keys at AWS. The key
// that awst uses is neither deactivated nor deleted here: `key rotate` replaces it.

import { AwstError, isAwstError, isFailure } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { findKey } from "../../model/key/find-key.ts";
import { checkDescription, descriptionOf, type Tags } from "../../model/key/key-description.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { type OpenRotation, openRotation } from "../../model/rotation/open-rotation.ts";
import { mayBeRunning, rotationRunsFile } from "../../model/rotation/rotation-runs.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { commandLine } from "../../model/text/command-line.ts";
import {
  type KeyFacts,
  type KeyLine,
  type KeyListing,
  keyFactsText,
  type LastUse,
} from "../../output/key/key-report.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Context, Needs } from "../../ports.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { readSealedJournal } from "../session/open-rotations.ts";

/** Details that the user may not read are undefined. Errors: those of `asUser`; AWS_DENIED for the list itself. */
export async function listKeys(
  context: Context,
  identity: string | undefined,
  request: UserRequest,
): Promise<KeyListing> {
  return asUser(context, identity, request, async (iam, userName, identityContext) => {
    const { keys, at } = await iam.listAccessKeys(userName);
    const tags = await readTags(context, iam, userName);
    const uses = await Promise.all(
      keys.map(({ accessKeyId }) => readLastUse(context, iam, accessKeyId)),
    );
    const inUse = identityContext.key;
    const lines = keys.map(
      (key, index): KeyLine => ({
        ...key,
        lastUse: uses[index],
        description: descriptionOf(tags ?? {}, key.accessKeyId),
        storedIn: key.accessKeyId === inUse.accessKeyId ? inUse.source : undefined,
      }),
    );
    const { name } = identityContext.identity;
    return {
      identity: name,
      userName,
      at,
      keys: lines.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime()),
      lastUseIsDenied: uses.includes(undefined),
      descriptionsAreDenied: tags === undefined,
      rotation: await findRotation(context, identityContext),
      isCompleting: mayBeRunning(context.state.read(rotationRunsFile)[name], context.now()),
    };
  });
}

async function findRotation(
  context: Needs<"state" | "clock">,
  { keychain, identity: { name } }: IdentityContext,
): Promise<OpenRotation | undefined> {
  const journal = await readSealedJournal(context, keychain, name);
  return openRotation(name, journal, context.clock().awsNow);
}

/** Returns undefined if it is not allowed, or if AWS does not know the key (yet). */
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

/** Returns undefined if it is not allowed. */
async function readTags(
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

/** `isUnchanged`: the key had this status already. Errors: USAGE for an unknown id, and for a key in use. */
export async function changeKeyStatus(
  context: Context,
  change: {
    readonly identity: string | undefined;
    readonly id: string;
    readonly status: "Active" | "Inactive";
  },
  request: UserRequest,
): Promise<{ readonly accessKeyId: string; readonly isUnchanged: boolean }> {
  const { identity, id, status } = change;
  return asUser(context, identity, request, async (iam, userName, identityContext) => {
    const { key, isById } = findKey((await iam.listAccessKeys(userName)).keys, id);
    const { accessKeyId } = key;
    if (!isById) context.say(`using ${accessKeyId} for ${id}`);
    const { name } = identityContext.identity;
    const locks = await context.locks();
    await using _lock = await locks.acquire(`key-${name}`, { owner: request.purpose });
    if (status === "Inactive") {
      await refuseKeyInUse(context, identityContext, accessKeyId, "deactivate");
    }
    if (key.status === status) return { accessKeyId, isUnchanged: true };
    await iam.setAccessKeyStatus(userName, accessKeyId, status);
    const event = status === "Active" ? "key-activated" : "key-deactivated";
    context.state.record(event, { identity: name, accessKeyId });
    return { accessKeyId, isUnchanged: false };
  });
}

/** An empty text removes the description. Errors: USAGE for an unknown id or a text that AWS does not allow;
 *  AWS_DENIED, IAM_QUOTA (50 tags). */
export async function describeKey(
  context: Context,
  change: { readonly identity: string | undefined; readonly id: string; readonly text: string },
  request: UserRequest,
): Promise<{ readonly accessKeyId: string }> {
  const { identity, id, text } = change;
  checkDescription(text);
  return asUser(context, identity, request, async (iam, userName, identityContext) => {
    const { key, isById } = findKey((await iam.listAccessKeys(userName)).keys, id);
    const { accessKeyId } = key;
    if (!isById) context.say(`using ${accessKeyId} for ${id}`);
    if (text === "") await iam.untagUser(userName, [accessKeyId]);
    else await iam.tagUser(userName, { [accessKeyId]: text });
    context.state.record("key-described", { identity: identityContext.identity.name, accessKeyId });
    return { accessKeyId };
  });
}

export interface DeletedKey {
  readonly accessKeyId: string;
  /** "kept": the tag could not be removed. */
  readonly description: "removed" | "kept";
}

const recentDays = 30;

/** `isConfirmed`: --yes. Returns undefined if the user declined. Errors: USAGE for an unknown id, and for a
 *  key in use; CONFIRMATION_NEEDED without a terminal. */
export async function deleteKey(
  context: Context,
  options: {
    readonly identity: string | undefined;
    readonly id: string;
    readonly isConfirmed: boolean;
  },
  request: UserRequest,
): Promise<DeletedKey | undefined> {
  const { identity, id } = options;
  let { isConfirmed } = options;
  return asUser(context, identity, request, async (iam, userName, identityContext) => {
    const { keys, at } = await iam.listAccessKeys(userName);
    const { key, isById } = findKey(keys, id);
    const { accessKeyId } = key;
    if (!isById) context.say(`using ${accessKeyId} for ${id}`);
    await refuseKeyInUse(context, identityContext, accessKeyId, "delete");
    if (!isConfirmed) {
      const facts = { ...key, lastUse: await readLastUse(context, iam, accessKeyId) };
      isConfirmed = !mayBeInUse(facts, at) || (await confirmDeletion(context, facts, at, request));
      if (!isConfirmed) return undefined;
    }
    const { name } = identityContext.identity;
    const locks = await context.locks();
    await using _lock = await locks.acquire(`key-${name}`, { owner: request.purpose });
    await refuseKeyInUse(context, identityContext, accessKeyId, "delete");
    await iam.deleteAccessKey(userName, accessKeyId);
    context.state.record("key-deleted", { identity: name, accessKeyId });
    return { accessKeyId, description: await removeDescription(iam, userName, accessKeyId) };
  });
}

function mayBeInUse({ status, lastUse }: KeyFacts, now: Date): boolean {
  if (status === "Active") return true;
  const used = lastUse?.at;
  return used !== undefined && now.getTime() - used.getTime() < recentDays * 86_400_000;
}

async function confirmDeletion(
  context: Context,
  key: KeyFacts,
  now: Date,
  request: UserRequest,
): Promise<boolean> {
  const { accessKeyId } = key;
  const facts = keyFactsText(key, now);
  const terminal = await context.terminal();
  if (terminal.isHere()) {
    return terminal.confirm({ text: `Delete ${accessKeyId} (${facts}) permanently?` });
  }
  const message = `${accessKeyId} may be in use (${facts}); no terminal to confirm its deletion`;
  throw new AwstError("CONFIRMATION_NEEDED", message, { hint: `${request.retry} --yes` });
}

/** The key is deleted already, so an error here is not a failure. */
async function removeDescription(
  iam: Iam,
  userName: string,
  accessKeyId: string,
): Promise<DeletedKey["description"]> {
  try {
    await iam.untagUser(userName, [accessKeyId]);
    return "removed";
  } catch (error) {
    if (!isFailure(error)) throw error;
    return "kept";
  }
}

/** Errors: USAGE for a key that any identity uses, as far as it is known. */
async function refuseKeyInUse(
  context: Needs<"state">,
  { identity, key, keychain }: IdentityContext,
  accessKeyId: string,
  action: "deactivate" | "delete",
): Promise<void> {
  const stored = decodeAccessKey(await keychain.read(keyItem(identity.name)));
  const isOwn = [key.accessKeyId, stored?.accessKeyId].includes(accessKeyId);
  const cached = Object.entries(context.state.read(cachedKeyIdsFile));
  const user = isOwn
    ? identity.name
    : cached.find(([, each]) => each.accessKeyId === accessKeyId)?.[0];
  if (user === undefined) return;
  const message = `can't ${action} ${accessKeyId}: it is the key in use for "${user}"`;
  const rotate = commandLine(["awst", "key", "rotate", "--identity", user]);
  throw new AwstError("USAGE", message, { hint: `to replace the key: ${rotate}` });
}
