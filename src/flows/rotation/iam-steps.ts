// A new key: the intent first, on the disk; one request, whatever comes of it; and then, before anything
// else, into the keychain and read back. What has no answer is found again by the intent.

import { clockName, clockOf } from "../../model/clock.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { descriptionOf, moveDescription, type Tags } from "../../model/key/key-description.ts";
import { nextKeyItem } from "../../model/keychain/items.ts";
import type { RotationFacts, Step } from "../../model/rotation/rotation.ts";
import {
  emptyJournal,
  mayKeyStillAppear,
  withoutIntentOf,
} from "../../model/rotation/rotation-journal.ts";
import type { StepResult } from "../../model/rotation/step-results.ts";
import type { Keys } from "../../model/session/session.ts";
import { freshCodeSeconds } from "../../model/session/session-plan.ts";
import { keyFactsText } from "../../output/key/key-listing.ts";
import { noteAges } from "../key/key-ages.ts";
import { readLastUse } from "../key/manage-keys.ts";
import { askAws, openIam } from "../session/ask-aws.ts";
import {
  openOwnIam,
  type RotationContext,
  type RotationNeeds,
  readStoredKeys,
  recordStep,
  updateJournal,
  writeJournal,
  writeKey,
} from "./rotation-context.ts";

/** FILE_UNWRITABLE: then nothing is begun. */
export async function recordIntent(
  context: RotationNeeds,
  hands: RotationContext,
  facts: RotationFacts,
): Promise<void> {
  const { identityContext, graceSeconds } = hands;
  const { journal, keys, now } = facts;
  const open = mayKeyStillAppear(journal, now) ? (journal?.intents ?? []) : [];
  await writeJournal(context, identityContext.identity.name, {
    ...emptyJournal(facts.current ?? identityContext.key.accessKeyId, graceSeconds),
    listed: keys.map((key) => key.accessKeyId),
    intents: [...open, (hands.listedAt ?? now).toISOString()],
  });
}

/** A refusal that proves nothing was made takes the intent back. */
export async function createKey(context: RotationNeeds, hands: RotationContext): Promise<void> {
  const iam = await openOwnIam(context, hands);
  try {
    const { accessKeyId, secretAccessKey, createdAt } = await iam.createAccessKey(hands.userName);
    hands.createdKey = { accessKeyId, secretAccessKey, source: "keychain", at: createdAt };
  } catch (error) {
    if (isAwstError(error) && error.fate === "nothing-done") {
      await updateJournal(context, hands, ({ intents }) => ({ intents: intents.slice(0, -1) }));
    }
    throw error;
  }
}

/** Errors: KEYCHAIN_*. The journal knows the id either way. */
export async function storeCreatedKey(
  context: RotationNeeds,
  hands: RotationContext,
): Promise<void> {
  const { createdKey: made, identityContext } = hands;
  if (made === undefined) throw new Error("no key was made that could be stored");
  const { name } = identityContext.identity;
  try {
    await writeKey(context, identityContext, nextKeyItem(name), made);
    context.state.record("key-made", { identity: name, accessKeyId: made.accessKeyId });
    await noteAges(context, [{ accessKeyId: made.accessKeyId, createdAt: made.at }]);
  } finally {
    await updateJournal(context, hands, ({ intents }) => ({
      newKeyId: made.accessKeyId,
      madeAt: made.at.toISOString(),
      intents: intents.slice(0, -1),
    }));
    hands.createdKey = undefined;
  }
}

/** A denial to a young code is final: the key is then deleted without having been inactive. */
export async function deactivateOld(
  context: RotationNeeds,
  hands: RotationContext,
  key: string,
): Promise<StepResult> {
  const iam = await openOwnIam(context, hands);
  try {
    const { at } = await iam.setAccessKeyStatus(hands.userName, key, "Inactive");
    await updateJournal(context, hands, () => ({ deactivatedAt: at.toISOString() }));
    await recordStep(context, hands, "key-deactivated", { accessKeyId: key });
    return { how: "done" };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED") || (await isCodeOld(context, hands))) throw error;
    await updateJournal(context, hands, () => ({ isDeactivationDenied: true }));
    hands.remarks.push(`${key} stays active until it is deleted: ${error.message}`);
    return { how: "denied" };
  }
}

/** Errors: AWS could not be asked, or denies it. */
export async function deleteOwnKey(
  context: RotationNeeds,
  hands: RotationContext,
  { key, whose }: Extract<Step, { readonly do: "delete" }>,
  { run, journal, keys }: RotationFacts,
): Promise<StepResult> {
  const { current: held } = await readStoredKeys(context, hands.identityContext);
  if (held === undefined || held.accessKeyId === key || !run.verified.includes(held.accessKeyId)) {
    throw new Error(`${key} must not be deleted: no other key is held and proved`);
  }
  const description =
    journal?.description ?? (run.doneSteps.includes("copy-description") && "carried");
  if (description === "carried") {
    await removeDescription(context, hands, key, held.accessKeyId);
  }
  const iam = await openOwnIam(context, hands);
  try {
    await iam.deleteAccessKey(hands.userName, key);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
    return { how: "absent" };
  }
  await recordStep(context, hands, "key-deleted", { accessKeyId: key, whose });
  const createdAt = keys.find((each) => each.accessKeyId === key)?.createdAt;
  if (whose === "leftover" && createdAt) {
    await updateJournal(context, hands, (old) => ({ intents: withoutIntentOf(old, createdAt) }));
  }
  return { how: "done" };
}

export async function isCodeOld(
  context: RotationNeeds,
  { session }: RotationContext,
): Promise<boolean> {
  if (session === undefined) return false;
  const { awsNow } = clockOf(context.state.read(clockName), context.now());
  return awsNow.getTime() - session.codeAt.getTime() > freshCodeSeconds * 1000;
}

/** Errors: AWS could not be asked. */
export async function copyDescription(
  context: RotationNeeds,
  hands: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  const set = (description: "carried" | "none" | "denied") =>
    updateJournal(context, hands, () => ({ description }));
  try {
    const tags = await copy(context, hands, from, to);
    await set(descriptionOf(tags, from) === undefined ? "none" : "carried");
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_QUOTA", "AWS_INPUT_REFUSED")) throw error;
    await set("denied");
    hands.remarks.push(`no description was carried over from ${from}: ${reasonOf(error)}`);
  }
}

/** Before the key itself is deleted. What may not be taken away stays. Errors: AWS could not be asked. */
export async function removeDescription(
  context: RotationNeeds,
  hands: RotationContext,
  key: string,
  heir: string,
): Promise<void> {
  try {
    await copy(context, hands, key, heir);
    const iam = await openOwnIam(context, hands);
    await iam.untagUser(hands.userName, [key]);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_QUOTA", "AWS_INPUT_REFUSED")) throw error;
    hands.remarks.push(`the description of ${key} stays behind as a tag: ${reasonOf(error)}`);
  }
}

/** The tags as they were. A user may have 50: where there is no room for both, it moves. */
async function copy(
  context: RotationNeeds,
  hands: RotationContext,
  from: string,
  to: string,
): Promise<Tags> {
  const { userName } = hands;
  const iam = await openOwnIam(context, hands);
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
  return action === undefined ? error.message : `iam:${action} is not allowed`;
}

const timesInARow = 3;
const pauseMs = { first: 250, longest: 4_000, betweenSuccesses: 500 } as const;
const patienceMs = { new: 60_000, known: 4_000 } as const;

/** `isNew`: made, or switched on again, just now. AWS_KEY_REJECTED, AWS_SECRET_WRONG: it was never taken
 *  for long enough; AWS_UNREACHABLE and the like: it could not be asked. */
export async function verifyKey(
  context: RotationNeeds,
  hands: RotationContext,
  key: Keys,
  { isNew }: { readonly isNew: boolean },
): Promise<void> {
  const end = context.now().getTime() + (isNew ? patienceMs.new : patienceMs.known);
  const probes = isNew ? [...Array(timesInARow).fill(askSts), askIam] : [askSts];
  let pause: number = pauseMs.first;
  let wasRefused = false;
  for (let successes = 0; ; ) {
    try {
      await probes[successes]?.(context, hands, key);
      successes += 1;
      if (successes === probes.length) return;
      if (wasRefused) await context.sleep(pauseMs.betweenSuccesses);
    } catch (error) {
      if (!isPassing(error) || context.now().getTime() + pause > end) throw error;
      if (!wasRefused && isNew) await tellPerson(context, hands, key);
      wasRefused = true;
      successes = 0;
      await context.sleep(pause);
      pause = Math.min(pause * 2, pauseMs.longest);
    }
  }
}

async function askSts(context: RotationNeeds, hands: RotationContext, key: Keys): Promise<void> {
  const { arn } = await askAws(context, key, hands.identityContext.region, (aws) =>
    aws.getCallerIdentity(),
  );
  if (new RegExp(`:user/(.*/)?${escapeRegExp(hands.userName)}$`).test(arn)) return;
  throw new AwstError(
    "AWS_INPUT_REFUSED",
    `${key.accessKeyId} belongs to ${arn}, not to ${hands.userName}`,
  );
}

/** Without a code policies deny it; who is denied was known. */
async function askIam(context: RotationNeeds, hands: RotationContext, key: Keys): Promise<void> {
  try {
    const iam = await openIam(context, key, hands.identityContext.region);
    await iam.listAccessKeys(hands.userName);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
  }
}

/** To whoever waits: it may take a minute. */
async function tellPerson(
  context: RotationNeeds,
  hands: RotationContext,
  key: Keys,
): Promise<void> {
  if (hands.unattended || !(await context.terminal()).isHere()) return;
  context.say(`AWS does not know ${key.accessKeyId} everywhere yet: tried for up to a minute`);
}

function isPassing(error: unknown): boolean {
  return isAwstError(
    error,
    "AWS_KEY_REJECTED",
    "AWS_SECRET_WRONG",
    "AWS_THROTTLED",
    "AWS_UNREACHABLE",
    "AWS_UNINTELLIGIBLE",
    "AWS_FAILED",
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Returns when it is deleted. CONFIRMATION_NEEDED with nobody to ask; IAM_QUOTA when it is to stay. */
export async function confirmForeignKey(
  context: RotationNeeds,
  hands: RotationContext,
  facts: RotationFacts,
  stranger: string,
): Promise<void> {
  const iam = await openOwnIam(context, hands);
  const lines: string[] = [];
  for (const key of facts.keys) {
    const { accessKeyId } = key;
    const whose = accessKeyId === facts.current ? "awst's" : "not awst's";
    const lastUse = await readLastUse(context, iam, accessKeyId);
    lines.push(`${accessKeyId} (${whose}; ${keyFactsText({ ...key, lastUse }, facts.now)})`);
  }
  const message = `${hands.userName} has two access keys, all that AWS allows: ${lines.join(", ")}`;
  const terminal = hands.unattended ? undefined : await context.terminal();
  if (!terminal?.isHere()) {
    throw new AwstError("CONFIRMATION_NEEDED", `${message}; awst deletes none it did not make`, {
      hint: `if nobody needs it: awst key delete ${stranger}`,
    });
  }
  context.say(message);
  const text = `To delete ${stranger} for good, type its id; Enter leaves all as it is`;
  const typed = (await terminal.askText({ text })).trim();
  if (typed !== stranger) {
    throw new AwstError("IAM_QUOTA", `nothing was changed: ${stranger} stays, and leaves no room`, {
      hint: `once nobody needs it: awst key delete ${stranger}`,
    });
  }
  await iam.deleteAccessKey(hands.userName, stranger);
  const { name } = hands.identityContext.identity;
  context.state.record("key-deleted", { identity: name, accessKeyId: stranger, asked: true });
}
