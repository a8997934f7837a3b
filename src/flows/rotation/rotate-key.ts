// `key rotate`, one process per identity at a time: take the lock, check whether there is anything to do,
// make sure the key is in the keychain, run the steps as the IAM user, and report. The order of the steps is
// decided in `model/rotation/rotation.ts`; `rotation-loop.ts` performs them.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/access-key.ts";
import { createdAtOf, keyAgesFile } from "../../model/key/key-ages.ts";
import { occurrencesOf } from "../../model/profile/long-term-keys.ts";
import { findListedKey, type RotationFacts, rotatedKeysOf } from "../../model/rotation/rotation.ts";
import {
  defaultGraceSeconds,
  graceEnd,
  hasPendingWork,
  mayKeyStillAppear,
  type RotationJournal,
} from "../../model/rotation/rotation-journal.ts";
import { Secret } from "../../model/secret.ts";
import { occurrenceLine } from "../../output/key/key-report.ts";
import {
  nextRun,
  type RotationReport,
  resultOf,
  stepText,
  undoEnd,
  type Waiting,
} from "../../output/rotation/rotation-report.ts";
import type { Context } from "../../ports.ts";
import { importKey, refuseTemporaryStore } from "../key/store-key.ts";
import { asUser } from "../session/as-user.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import {
  readProfileKey,
  refuseBrokenFiles,
  refuseKeyElsewhere,
} from "../session/open-identity-context.ts";
import { hasJournal, readSealedJournal } from "../session/open-rotations.ts";
import { restoreKey } from "./keychain-steps.ts";
import { type RotationContext, readStoredKeys, type StoredKeys } from "./rotation-context.ts";
import { planRotation, type RotationResult, runRotation } from "./rotation-loop.ts";

export interface RotationOptions {
  readonly identity: string | undefined;
  /** `resume`: completes what an earlier run started, and starts nothing. */
  readonly request: RotationFacts["request"];
  /** --grace; undefined: 24 h, or what the started rotation was given. */
  readonly graceSeconds?: number | undefined;
  /** --if-older-than */
  readonly minimumAgeSeconds?: number | undefined;
  readonly unattended: boolean;
  readonly dryRun?: boolean | undefined;
  /** --yes: may delete the old key of the last rotation before its grace period is over. */
  readonly isConfirmed?: boolean | undefined;
  /** --mfa-code */
  readonly code?: Secret | undefined;
  /** What other processes see while they wait: `key rotate`. */
  readonly purpose: string;
  /** The command that does the same with a terminal. */
  readonly retry: string;
  /** How long to wait for another rotation of this key; undefined: no limit, unattended 1 min. */
  readonly waitMs?: number | undefined;
}

/** Returns a report also where steps are left: see `failure`. After an error nothing has changed: KEYCHAIN_*,
 *  CONFIRMATION_NEEDED, CODE_NEEDED, WAIT_TIMED_OUT, FILE_UNWRITABLE, AWS_*, IAM_*, KEY_MISSING. */
export async function rotateKey(
  context: Context,
  options: RotationOptions,
): Promise<RotationReport> {
  const { request, unattended, purpose, retry, code, dryRun = false } = options;
  const before = await readStart(context, options.identity);
  const { name } = before.identity;
  const waitMs = options.waitMs ?? (unattended ? 60_000 : undefined);
  const locks = await context.locks();
  await using lock = await locks.acquire(`rotation-${name}`, { owner: purpose, waitMs });
  const start = lock.waitedSince === undefined ? before : await readStart(context, name);
  const wasRotated =
    start.current !== undefined && start.current.accessKeyId !== before.current?.accessKeyId;
  if (wasRotated && request === "rotate") return reportUnchanged(start, "meanwhile");

  const unchanged = await reportIfNothingToDo(context, start, options);
  if (unchanged !== undefined) return unchanged;

  if (!dryRun) await prepareKeychain(context, start, options);
  // What was started before is still completed, or undone.
  if (request === "rotate") await refuseTemporaryStore(context, start.configuration);
  const user = { purpose, retry, code, unattended };
  const { result, rotation } = await asUser(
    context,
    name,
    user,
    async (iam, userName, identityContext, session) => {
      const graceSeconds = options.graceSeconds ?? defaultGraceSeconds;
      const rotation: RotationContext = {
        ...{ identityContext, userName, iam, session, graceSeconds, unattended },
        createdKey: undefined,
        listedAt: undefined,
        sealKey: undefined,
        remarks: [],
      };
      const wanted = {
        request,
        graceSeconds: options.graceSeconds,
        minimumAgeSeconds: options.minimumAgeSeconds ?? 0,
        earlyDeletion: options.isConfirmed ? "allowed" : unattended ? "refused" : "ask",
      } as const;
      const result = dryRun
        ? await planRotation(context, rotation, wanted)
        : await runRotation(context, rotation, wanted);
      // Nothing has changed, so `asUser` may try again with a newer code.
      if (result.needsNewCode && result.failure) throw result.failure;
      return { result, rotation };
    },
  );
  const report = reportResult(result, rotation, dryRun);
  const isRotated = report.result === "rotated";
  const replacedId = isRotated ? report.oldKeyId : report.currentKeyId;
  if (!isRotated && report.result !== "planned") return report;
  if (replacedId === undefined) return report;
  const occurrences = await occurrenceLines(context, replacedId, name);
  return { ...report, remarks: [...report.remarks, ...occurrences] };
}

interface Start extends StoredKeys {
  readonly configuration: Configuration;
  readonly identity: Identity;
}

/** Errors: CONFIGURATION_*, IDENTITY_UNKNOWN, KEYCHAIN_*. */
async function readStart(context: Context, identityName: string | undefined): Promise<Start> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, identityName);
  const keychain = await context.keychain(configuration.keychainBackend);
  return { configuration, identity, ...(await readStoredKeys(keychain, identity.name)) };
}

/** Decides from the keychain and the state folder only, without AWS and without a code. Returns undefined when
 *  AWS must be asked. */
async function reportIfNothingToDo(
  context: Context,
  start: Start,
  { request, minimumAgeSeconds = 0, graceSeconds }: RotationOptions,
): Promise<RotationReport | undefined> {
  const { configuration, identity, current, next, previous } = start;
  const keychain = await context.keychain(configuration.keychainBackend);
  const journal = await readSealedJournal(context, keychain, identity.name);
  // A journal without a valid seal is deleted by a run.
  const isForged = journal === undefined && hasJournal(context, identity.name);
  const now = context.clock().awsNow;
  const isUnderWay =
    isForged || journal !== undefined || next !== undefined || previous !== undefined;
  if (request === "undo" && !isUnderWay) {
    throw new AwstError("ROTATION_MISSING", `there is no rotation of "${identity.name}" to undo`);
  }
  if (current === undefined || request === "undo" || graceSeconds !== undefined) return undefined;
  if (isUnderWay && (journal === undefined || hasPendingWork(journal, now))) return undefined;
  // A key stored by hand ends the rotation, which takes a step.
  if (journal && ![journal.oldKeyId, journal.newKeyId].includes(current.accessKeyId)) {
    return undefined;
  }
  const createdAt = createdAtOf(context.state.read(keyAgesFile), current.accessKeyId);
  // Without --if-older-than no age stops a rotation, not even one in the future.
  const age = createdAt === undefined ? undefined : now.getTime() - createdAt.getTime();
  const isYoung = minimumAgeSeconds > 0 && age !== undefined && age < minimumAgeSeconds * 1000;
  if (request === "rotate" && !isYoung) return undefined;
  const otherwise = request === "rotate" ? "young" : "nothing";
  return reportUnchanged(start, isUnderWay ? "waiting" : otherwise, journal);
}

/** Makes the key in use present in the keychain, and verifies that the keychain can be written. Errors:
 *  CONFIRMATION_NEEDED for a key that is not imported, without a terminal; KEY_MISSING; KEYCHAIN_*. */
async function prepareKeychain(
  context: Context,
  start: Start,
  { unattended }: { readonly unattended: boolean },
): Promise<void> {
  const { configuration, identity, current, next, previous } = start;
  const keychain = await context.keychain(configuration.keychainBackend);
  const copy = previous ? "previous" : next ? "next" : undefined;
  if (current === undefined && copy !== undefined) {
    await restoreKey(context, keychain, identity.name, copy);
  } else if (current === undefined) {
    await refuseKeyElsewhere(keychain, identity.name);
    await offerImport(context, identity, unattended);
  }
  const item = `probe/${identity.name}`;
  const probe = new Secret(`probe ${context.now().getTime()}`);
  try {
    await keychain.write(item, probe);
  } finally {
    await keychain.remove(item);
  }
}

async function offerImport(
  context: Context,
  identity: Identity,
  unattended: boolean,
): Promise<void> {
  const { awsProfile: profile, name } = identity;
  const found = await readProfileKey(context, profile);
  if (found === undefined) {
    await refuseBrokenFiles(context, `no access key for "${name}"`);
    throw new AwstError("KEY_MISSING", `the keychain has no access key for "${name}"`, {
      hint: "awst key add",
    });
  }
  const { accessKeyId: id } = found;
  const message = `${id} is stored in AWS profile "${profile}"; awst rotates keys in the keychain only`;
  const terminal = unattended ? undefined : await context.terminal();
  if (!terminal?.isHere()) {
    throw new AwstError("CONFIRMATION_NEEDED", message, { hint: "awst key import" });
  }
  context.say(message);
  if (!(await terminal.confirm({ text: `Import ${id} into the keychain first?` }))) {
    const reason = `${id} was not imported, so it was not rotated`;
    throw new AwstError("KEY_MISSING", reason, { hint: "awst key import" });
  }
  await importKey(context, { identity: name, profile: undefined });
}

function reportUnchanged(
  { identity, current }: Start,
  result: "meanwhile" | "nothing" | "young" | "waiting",
  journal?: RotationJournal,
): RotationReport {
  return {
    identity: identity.name,
    result,
    wasUnderWay: journal !== undefined,
    currentKeyId: current?.accessKeyId ?? "",
    oldKeyId: journal?.oldKeyId,
    oldKeyState: journal && (journal.deactivatedAt === undefined ? "active" : "inactive"),
    undoUntil: graceEnd(journal),
    steps: [],
    waiting: [],
    remarks: [],
    failure: undefined,
  };
}

/** Throws the failure if nothing changed and no step is left. */
function reportResult(
  result: RotationResult,
  { identityContext, remarks }: RotationContext,
  dryRun: boolean,
): RotationReport {
  const { start, end, steps, waiting, failure } = result;
  const switched = steps.findLast((step) => step.do === "switch");
  const old = switched?.do === "switch" ? switched.from : rotatedKeysOf(start)?.old;
  const oldKeyId = old === end.current ? undefined : old;
  if (failure && waiting.length === 0 && !mayHaveChanged(result)) throw failure;
  return {
    identity: identityContext.identity.name,
    result: dryRun ? "planned" : resultOf(steps, end),
    wasUnderWay: rotatedKeysOf(start) !== undefined,
    currentKeyId: end.current ?? identityContext.key.accessKeyId,
    oldKeyId,
    oldKeyState: oldKeyId === undefined ? undefined : stateOf(findListedKey(end, oldKeyId)?.status),
    undoUntil: undoEnd(end),
    steps,
    waiting: [...waiting, ...waitingForLostKey(end)],
    remarks,
    failure,
  };
}

function mayHaveChanged({ steps, end }: RotationResult): boolean {
  const changeNoKey = [
    "record-intent",
    "verify",
    "update-references",
    "list-again",
    "check-last-use",
    "clean-up",
  ];
  return (
    end.run.createFailure === "unknown" || steps.some((step) => !changeNoKey.includes(step.do))
  );
}

/** CreateAccessKey had no response: the next run looks for the key. */
function waitingForLostKey({ journal, now }: RotationFacts): readonly Waiting[] {
  if (journal?.newKeyId !== undefined || !mayKeyStillAppear(journal, now)) return [];
  return [{ step: stepText({ do: "list-again" }), why: nextRun }];
}

function stateOf(status: ListedKey["status"] | undefined): RotationReport["oldKeyState"] {
  if (status === undefined) return "deleted";
  return status === "Active" ? "active" : "inactive";
}

/** Returns a line for each place in AWS's files that contains the old key; none if they can't be read. */
async function occurrenceLines(
  context: Context,
  accessKeyId: string,
  identity: string,
): Promise<readonly string[]> {
  const { awsConfig, awsCredentials } = context.paths;
  try {
    const texts = await (await context.awsFiles()).read();
    return occurrencesOf(texts, accessKeyId).map((each) => {
      const path = each.file === "config" ? awsConfig : awsCredentials;
      return occurrenceLine({ ...each, path }, accessKeyId, identity);
    });
  } catch (error) {
    if (!isAwstError(error)) throw error;
    context.debug(error.message);
    return [];
  }
}
