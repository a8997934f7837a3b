// The steps of a rotation that call IAM: list, create, verify, deactivate and delete keys, and move their
// descriptions. CreateAccessKey is sent once; a lost response is found again by the intent in the journal.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/access-key.ts";
import { keyAgesFile, withAges } from "../../model/key/key-ages.ts";
import { descriptionOf, moveDescription, type Tags } from "../../model/key/key-description.ts";
import type { RotationFacts, Step } from "../../model/rotation/rotation.ts";
import {
  emptyJournal,
  graceEnd,
  mayKeyStillAppear,
  withoutIntentOf,
} from "../../model/rotation/rotation-journal.ts";
import type { StepResult } from "../../model/rotation/step-results.ts";
import type { Keys } from "../../model/session/session.ts";
import { freshCodeSeconds } from "../../model/session/session-plan.ts";
import { keyFactsText } from "../../output/key/key-report.ts";
import { untilText } from "../../output/session/session-report.ts";
import type { Context } from "../../ports.ts";
import { readLastUse } from "../key/manage-keys.ts";
import {
  openIam,
  type RotationContext,
  readStoredKeys,
  recordEvent,
  updateJournal,
  writeJournal,
} from "./rotation-context.ts";

/** Errors: AWS_*. */
export async function listKeys(
  context: Context,
  rotation: RotationContext,
): Promise<readonly ListedKey[]> {
  const iam = await openIam(context, rotation);
  const { keys, at } = await iam.listAccessKeys(rotation.userName);
  rotation.listedAt = at;
  await context.state.update(keyAgesFile, (ages) => withAges(ages, keys));
  return keys;
}

/** Errors: FILE_UNWRITABLE, KEYCHAIN_*; then the rotation was not started. */
export async function recordIntent(
  context: Context,
  rotation: RotationContext,
  { journal, keys, now, current }: RotationFacts,
): Promise<void> {
  const { identityContext, graceSeconds, listedAt } = rotation;
  const pending = mayKeyStillAppear(journal, now) ? (journal?.intents ?? []) : [];
  await writeJournal(context, rotation, {
    ...emptyJournal(current ?? identityContext.key.accessKeyId, graceSeconds),
    listed: keys.map((key) => key.accessKeyId),
    intents: [...pending, (listedAt ?? now).toISOString()],
  });
}

/** Errors: AWS_*, IAM_QUOTA. An error after which no key can exist removes the intent. */
export async function createKey(context: Context, rotation: RotationContext): Promise<void> {
  const iam = await openIam(context, rotation);
  try {
    const { accessKeyId, secretAccessKey, createdAt } = await iam.createAccessKey(
      rotation.userName,
    );
    rotation.createdKey = { accessKeyId, secretAccessKey, source: "keychain", at: createdAt };
  } catch (error) {
    if (isAwstError(error) && error.effect === "nothing-done") {
      await updateJournal(context, rotation, ({ intents }) => ({ intents: intents.slice(0, -1) }));
    }
    throw error;
  }
}

const successesInARow = 3;
const pauseMs = { first: 250, longest: 4_000, betweenSuccesses: 500 } as const;
const verifyWithinMs = { new: 60_000, known: 4_000 } as const;

/** Returns when AWS accepts the key. `isNew`: created or reactivated just now, so AWS may not know the key
 *  everywhere yet. Errors: AWS_KEY_REJECTED, AWS_SECRET_WRONG, AWS_INPUT_REFUSED, AWS_UNREACHABLE. */
export async function verifyKey(
  context: Context,
  rotation: RotationContext,
  key: Keys,
  { isNew }: { readonly isNew: boolean },
): Promise<void> {
  const end = context.monotonic() + (isNew ? verifyWithinMs.new : verifyWithinMs.known);
  const calls = isNew
    ? [...Array(successesInARow).fill(callStsWithKey), callIamWithKey]
    : [callStsWithKey];
  let pause: number = pauseMs.first;
  let wasRejected = false;
  for (let successes = 0; ; ) {
    try {
      await calls[successes]?.(context, rotation, key);
      successes += 1;
      if (successes === calls.length) return;
      if (wasRejected) await context.sleep(pauseMs.betweenSuccesses);
    } catch (error) {
      if (!isTransient(error) || context.monotonic() + pause > end) throw error;
      if (!wasRejected && isNew) await reportWaiting(context, rotation, key);
      wasRejected = true;
      successes = 0;
      await context.sleep(pause);
      pause = Math.min(pause * 2, pauseMs.longest);
    }
  }
}

async function callStsWithKey(
  context: Context,
  { identityContext, userName }: RotationContext,
  key: Keys,
): Promise<void> {
  const aws = await context.aws(key, identityContext.region);
  const { arn } = await aws.getCallerIdentity();
  if (new RegExp(`:user/(.*/)?${escapeRegExp(userName)}$`).test(arn)) return;
  const message = `${key.accessKeyId} belongs to ${arn}, not to ${userName}`;
  throw new AwstError("AWS_INPUT_REFUSED", message);
}

/** Policies that demand MFA deny this call, but AWS checks the key first. */
async function callIamWithKey(
  context: Context,
  { identityContext, userName }: RotationContext,
  key: Keys,
): Promise<void> {
  const iam = await context.iam(key, identityContext.region);
  try {
    await iam.listAccessKeys(userName);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
  }
}

async function reportWaiting(
  context: Context,
  { unattended }: RotationContext,
  key: Keys,
): Promise<void> {
  if (unattended || !(await context.terminal()).isHere()) return;
  context.say(`AWS does not accept ${key.accessKeyId} reliably yet: retrying for up to 1 min`);
}

function isTransient(error: unknown): boolean {
  return isAwstError(
    error,
    "AWS_KEY_REJECTED",
    "AWS_SECRET_WRONG",
    "AWS_THROTTLED",
    "AWS_UNREACHABLE",
    "AWS_RESPONSE_MALFORMED",
    "AWS_FAILED",
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Waits up to 5 s for a process that is getting an MFA code, so that the code is sent with the key it was typed
 *  for. If AWS denies the call with a new code, the key stays active until it is deleted. Errors: WAIT_TIMED_OUT, AWS_*. */
export async function deactivateOldKey(
  context: Context,
  rotation: RotationContext,
  key: string,
): Promise<StepResult> {
  const locks = await context.locks();
  await using _codeLock = await locks.acquire(
    `code-${rotation.identityContext.identity.name}`,
    codeLockOptions,
  );
  const iam = await openIam(context, rotation);
  try {
    const { at } = await iam.setAccessKeyStatus(rotation.userName, key, "Inactive");
    await updateJournal(context, rotation, () => ({ deactivatedAt: at.toISOString() }));
    recordEvent(context, rotation, "key-deactivated", { accessKeyId: key });
    return { how: "done" };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED") || isCodeOld(context, rotation)) throw error;
    await updateJournal(context, rotation, () => ({ isDeactivationDenied: true }));
    rotation.remarks.push(`${key} stays active until it is deleted: ${error.message}`);
    return { how: "denied" };
  }
}

/** For the lock of a process that is getting an MFA code; a user may take hours to type one. */
export const codeLockOptions = { owner: "key rotate", waitMs: 5_000, isSilent: true } as const;

/** Returns whether the session's code is older than policies usually allow. */
export function isCodeOld(context: Context, { session }: RotationContext): boolean {
  if (session === undefined) return false;
  const { awsNow } = context.clock();
  return awsNow.getTime() - session.codeAt.getTime() > freshCodeSeconds * 1000;
}

/** Errors: AWS_*. */
export async function reactivateKey(
  context: Context,
  rotation: RotationContext,
  key: string,
): Promise<void> {
  const iam = await openIam(context, rotation);
  await iam.setAccessKeyStatus(rotation.userName, key, "Active");
  recordEvent(context, rotation, "key-activated", { accessKeyId: key });
}

/** Errors: AWS_*. Refuses to run unless another key is in use and was verified in this run. */
export async function deleteOwnKey(
  context: Context,
  rotation: RotationContext,
  { key, whose }: Extract<Step, { readonly do: "delete" }>,
  { run, journal, keys }: RotationFacts,
): Promise<StepResult> {
  const { keychain, identity } = rotation.identityContext;
  const { current } = await readStoredKeys(keychain, identity.name);
  const isSafe =
    current !== undefined &&
    current.accessKeyId !== key &&
    run.verified.includes(current.accessKeyId);
  if (!isSafe) throw new Error(`${key} must not be deleted: no other key is in use and verified`);
  const wasCopied =
    journal?.description ?? (run.doneSteps.includes("copy-description") && "carried");
  if (wasCopied === "carried") await removeDescription(context, rotation, key, current.accessKeyId);
  const iam = await openIam(context, rotation);
  try {
    await iam.deleteAccessKey(rotation.userName, key);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
    return { how: "absent" };
  }
  recordEvent(context, rotation, "key-deleted", { accessKeyId: key, whose });
  const createdAt = keys.find((each) => each.accessKeyId === key)?.createdAt;
  if (whose === "leftover" && createdAt) {
    await updateJournal(context, rotation, (old) => ({ intents: withoutIntentOf(old, createdAt) }));
  }
  return { how: "done" };
}

/** Errors: AWS_*. A denial is recorded and reported, and does not stop the rotation. */
export async function copyDescription(
  context: Context,
  rotation: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  let description: "carried" | "none" | "denied";
  try {
    const tags = await copyTag(context, rotation, from, to);
    description = descriptionOf(tags, from) === undefined ? "none" : "carried";
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_QUOTA", "AWS_INPUT_REFUSED")) throw error;
    description = "denied";
    rotation.remarks.push(`did not copy the description of ${from}: ${reasonOf(error)}`);
  }
  await updateJournal(context, rotation, () => ({ description }));
}

/** Before the key itself is deleted. Errors: AWS_*; a denial is reported only. */
async function removeDescription(
  context: Context,
  rotation: RotationContext,
  key: string,
  current: string,
): Promise<void> {
  try {
    await copyTag(context, rotation, key, current);
    const iam = await openIam(context, rotation);
    await iam.untagUser(rotation.userName, [key]);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_QUOTA", "AWS_INPUT_REFUSED")) throw error;
    rotation.remarks.push(`did not delete the tag that describes ${key}: ${reasonOf(error)}`);
  }
}

/** Returns the tags before the copy. AWS allows 50 tags per user: if only one more fits, the tag moves. */
async function copyTag(
  context: Context,
  rotation: RotationContext,
  from: string,
  to: string,
): Promise<Tags> {
  const { userName } = rotation;
  const iam = await openIam(context, rotation);
  const { tags } = await iam.listUserTags(userName);
  const { set, remove } = moveDescription(tags, from, to);
  if (Object.keys(set).length === 0) return tags;
  try {
    await iam.tagUser(userName, set);
  } catch (error) {
    if (!isAwstError(error, "IAM_QUOTA")) throw error;
    await iam.untagUser(userName, remove);
    await iam.tagUser(userName, set);
  }
  return tags;
}

function reasonOf(error: AwstError): string {
  const action = /^AWS denied (\w+)/.exec(error.message)?.[1];
  return action === undefined ? error.message : `you are not allowed to call iam:${action}`;
}

/** A key whose last use is unknown counts as unused. Errors: AWS_*. */
export async function checkLastUse(
  context: Context,
  rotation: RotationContext,
  key: string,
): Promise<StepResult> {
  const lastUse = await readLastUse(context, await openIam(context, rotation), key);
  return { how: lastUse?.at === undefined ? "done" : "used" };
}

/** Returns when the user agreed that a new rotation deletes the old key of the last one. Errors:
 *  CONFIRMATION_NEEDED without a terminal; NOT_CONFIRMED if the user declines. */
export async function confirmEarlyDeletion(
  context: Context,
  { unattended }: RotationContext,
  { journal, now }: RotationFacts,
  key: string,
): Promise<void> {
  const end = graceEnd(journal);
  const until = end === undefined ? "" : ` until ${untilText(end, now)}`;
  const message = `${key}, which the last rotation replaced, can be restored${until}; AWS allows two keys, so a new rotation first deletes ${key}`;
  const terminal = unattended ? undefined : await context.terminal();
  if (terminal?.isHere()) {
    context.say(message);
    if (await terminal.confirm({ text: `Delete ${key} permanently, and rotate again?` })) return;
  }
  const hint = "to delete it: awst key rotate --yes; to restore it: awst key rotate --undo";
  if (!terminal?.isHere()) throw new AwstError("CONFIRMATION_NEEDED", message, { hint });
  throw new AwstError("NOT_CONFIRMED", `nothing was changed: ${key} was not deleted`, { hint });
}

/** Returns when the user had the key deleted. Errors: CONFIRMATION_NEEDED without a terminal; IAM_QUOTA when
 *  the key stays, since AWS allows two keys. */
export async function confirmForeignKey(
  context: Context,
  rotation: RotationContext,
  facts: RotationFacts,
  foreign: string,
): Promise<void> {
  const { userName, unattended } = rotation;
  const iam = await openIam(context, rotation);
  const described: string[] = [];
  for (const key of facts.keys) {
    const { accessKeyId } = key;
    const whose = accessKeyId === facts.current ? "in use by awst" : "not created by awst";
    const lastUse = await readLastUse(context, iam, accessKeyId);
    described.push(`${accessKeyId} (${whose}; ${keyFactsText({ ...key, lastUse }, facts.now)})`);
  }
  const message = `${userName} has two access keys, the most that AWS allows: ${described.join(", ")}`;
  const terminal = unattended ? undefined : await context.terminal();
  if (!terminal?.isHere()) {
    throw new AwstError(
      "CONFIRMATION_NEEDED",
      `${message}; awst deletes a key that it did not create only after you confirm`,
      { hint: `if you don't need the key: awst key delete ${foreign}` },
    );
  }
  context.say(message);
  const text = `To delete ${foreign} permanently, type its id; press Enter to cancel`;
  const typed = (await terminal.askText({ text })).trim();
  if (typed !== foreign) {
    throw new AwstError("IAM_QUOTA", `nothing changed: AWS allows no new key beside ${foreign}`, {
      hint: `when you don't need that key any more: awst key delete ${foreign}`,
    });
  }
  await iam.deleteAccessKey(userName, foreign);
  recordEvent(context, rotation, "key-deleted", { accessKeyId: foreign, asked: true });
}
