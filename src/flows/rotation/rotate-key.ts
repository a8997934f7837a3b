// `key rotate`: one at a time per identity, inside the MFA session. What is decided stands in
// `model/rotation.ts`, the loop in `drive-rotation.ts`; here is who may begin, and what is told at the end.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { staticKeyOf } from "../../model/profile/long-term-keys.ts";
import { findListedKey, type RotationFacts, rotatedKeysOf } from "../../model/rotation/rotation.ts";
import {
  defaultGraceSeconds,
  graceEnd,
  hasPendingWork,
  mayKeyStillAppear,
  type RotationJournal,
} from "../../model/rotation/rotation-journal.ts";
import { Secret } from "../../model/secret.ts";
import {
  nextRun,
  outcomeOf,
  type RotationReport,
  stepText,
  undoEnd,
  type Waiting,
} from "../../output/rotation/rotation-report.ts";
import type { Needs } from "../../ports.ts";
import { nameSightings, readMadeAt } from "../key/key-ages.ts";
import { type ImportNeeds, importKey } from "../key/store-key.ts";
import { asUser } from "../session/as-user.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { writeVerified } from "../session/stored-seed.ts";
import {
  type RotationContext,
  type RotationNeeds,
  readAwsTime,
  readJournal,
  readStoredKeys,
  type StoredKeys,
  writeKey,
} from "./rotation-context.ts";
import { planRotation, type RotationRunResult, runRotation } from "./rotation-loop.ts";
export type RotateNeeds = RotationNeeds & ImportNeeds;

export interface RotationOptions {
  readonly identity: string | undefined;
  /** `finish`: --resume; what was begun, and nothing new. */
  readonly request: RotationFacts["request"];
  /** --grace; undefined: 24 h, or what was said when it was begun. */
  readonly graceSeconds?: number | undefined;
  /** --if-older-than */
  readonly minimumAgeSeconds?: number | undefined;
  readonly unattended: boolean;
  readonly dryRun?: boolean | undefined;
  /** --mfa-code */
  readonly code?: Secret | undefined;
  /** For those that wait, and the history. */
  readonly purpose: string;
  /** The line that does the same with a person there. */
  readonly retry: string;
  /** How long another rotation of this key is waited for; undefined: without end, unattended 1 min. */
  readonly waitMs?: number | undefined;
}

/** What is done is told even where something is left to do: see `failure`. Errors, then nothing has changed:
 *  KEYCHAIN_*, CONFIRMATION_NEEDED, CODE_NEEDED, WAIT_TIMED_OUT, FILE_UNWRITABLE, AWS_*, IAM_*, KEY_MISSING. */
export async function rotateKey(
  context: RotateNeeds,
  options: RotationOptions,
): Promise<RotationReport> {
  const before = await readStartingPoint(context, options.identity);
  const { identity } = before;
  const waitMs = options.waitMs ?? (options.unattended ? 60_000 : undefined);
  const how = {
    holder: `${options.purpose} (process ${context.processId})`,
    onWait: (holder: string | undefined) =>
      context.say(`waiting for ${holder ?? "another awst"} to finish`),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
  return (await context.locks()).hold(`rotation-${identity.name}`, how, async (turn) => {
    const now =
      turn.waitedSince === undefined ? before : await readStartingPoint(context, identity.name);
    const isOther =
      now.current !== undefined && now.current.accessKeyId !== before.current?.accessKeyId;
    if (isOther && options.request === "rotate") return idle(now, "meanwhile");
    return (await needless(context, now, options)) ?? rotateAlone(context, now, options);
  });
}

async function rotateAlone(
  context: RotateNeeds,
  prepared: StartingPoint,
  options: RotationOptions,
): Promise<RotationReport> {
  const { unattended, purpose, retry, code, dryRun = false } = options;
  if (!dryRun) await prepareRotation(context, prepared, options);
  const wish = {
    request: options.request,
    graceSeconds: options.graceSeconds,
    minimumAgeSeconds: options.minimumAgeSeconds ?? 0,
  };
  const drive = dryRun ? planRotation : runRotation;
  const user = { purpose, retry, code, unattended };
  const { driven, hands } = await asUser(
    context,
    prepared.identity.name,
    user,
    async (iam, userName, identityContext, session) => {
      const graceSeconds = options.graceSeconds ?? defaultGraceSeconds;
      const hands: RotationContext = {
        ...{ identityContext: identityContext, userName, iam, session, graceSeconds, unattended },
        createdKey: undefined,
        listedAt: undefined,
        remarks: [],
      };
      const driven = await drive(context, hands, wish);
      // Nothing has changed: with a code that is younger, it may go.
      if (driven.isOfCaller && driven.failure) throw driven.failure;
      return { driven, hands };
    },
  );
  const told = report(driven, hands, dryRun);
  if (told.outcome !== "rotated" || told.oldKeyId === undefined) return told;
  const elsewhere = await nameSightings(context, told.oldKeyId);
  return { ...told, remarks: [...told.remarks, ...elsewhere] };
}

/** What needs neither AWS nor a code; undefined: go on. */
async function needless(
  context: RotateNeeds,
  prepared: StartingPoint,
  { request: wish, minimumAgeSeconds = 0, graceSeconds }: RotationOptions,
): Promise<RotationReport | undefined> {
  const { identity, current: held, next, previous } = prepared;
  const journal = await readJournal(context, identity.name);
  const now = await readAwsTime(context);
  const isUnderWay = journal !== undefined || next !== undefined || previous !== undefined;
  if (wish === "undo" && !isUnderWay) {
    throw new AwstError("IAM_ABSENT", `there is no rotation of "${identity.name}" to undo`);
  }
  if (held === undefined || wish === "undo" || graceSeconds !== undefined) return undefined;
  if (isUnderWay && (journal === undefined || hasPendingWork(journal, now))) return undefined;
  // A key put in by hand since: the rotation is over.
  if (journal && ![journal.oldKeyId, journal.newKeyId].includes(held.accessKeyId)) return undefined;
  const madeAt = await readMadeAt(context, held.accessKeyId);
  const isYoung = madeAt && now.getTime() - madeAt.getTime() < minimumAgeSeconds * 1000;
  if (wish === "rotate" && !isYoung) return undefined;
  const idly = wish === "rotate" ? "young" : "nothing";
  return idle(prepared, isUnderWay ? "waiting" : idly, journal);
}

function idle(
  { identity, current: held }: StartingPoint,
  outcome: "meanwhile" | "nothing" | "young" | "waiting",
  journal?: RotationJournal,
): RotationReport {
  return {
    identity: identity.name,
    outcome,
    wasUnderWay: journal !== undefined,
    currentKeyId: held?.accessKeyId ?? "",
    oldKeyId: journal?.oldKeyId,
    oldKeyState: journal && (journal.deactivatedAt === undefined ? "active" : "inactive"),
    undoUntil: graceEnd(journal),
    steps: [],
    waiting: [],
    remarks: [],
    failure: undefined,
  };
}

function report(
  driven: RotationRunResult,
  hands: RotationContext,
  dryRun: boolean,
): RotationReport {
  const { start, end, steps, waiting, failure } = driven;
  const outcome = dryRun ? "planned" : outcomeOf(steps, end);
  const switched = steps.findLast((step) => step.do === "switch");
  const old = switched?.do === "switch" ? switched.from : rotatedKeysOf(start)?.old;
  const oldKeyId = old === end.current ? undefined : old;
  if (failure && waiting.length === 0 && !hasChanged(driven)) throw failure;
  return {
    identity: hands.identityContext.identity.name,
    outcome,
    wasUnderWay: rotatedKeysOf(start) !== undefined,
    currentKeyId: end.current ?? hands.identityContext.key.accessKeyId,
    oldKeyId,
    oldKeyState: oldKeyId === undefined ? undefined : stateOf(findListedKey(end, oldKeyId)?.status),
    undoUntil: undoEnd(end),
    steps,
    waiting: [...waiting, ...unanswered(end)],
    remarks: hands.remarks,
    failure,
  };
}

/** Or may have. */
function hasChanged({ steps, end }: RotationRunResult): boolean {
  const looks = [
    "record-intent",
    "verify",
    "update-references",
    "list-again",
    "check-last-use",
    "clean-up",
  ];
  return end.run.createFailure === "unknown" || steps.some((step) => !looks.includes(step.do));
}

function unanswered({ journal, now }: RotationFacts): readonly Waiting[] {
  if (journal?.newKeyId !== undefined || !mayKeyStillAppear(journal, now)) return [];
  return [{ step: stepText({ do: "list-again" }), why: nextRun }];
}

function stateOf(status: ListedKey["status"] | undefined): RotationReport["oldKeyState"] {
  if (status === undefined) return "deleted";
  return status === "Active" ? "active" : "inactive";
}

export interface StartingPoint extends StoredKeys {
  readonly configuration: Configuration;
  readonly identity: Identity;
}

type PrepareNeeds = ImportNeeds & Needs<"terminal">;

/** What the keychain has. Errors: CONFIGURATION_*, IDENTITY_UNKNOWN, KEYCHAIN_*. */
export async function readStartingPoint(
  context: Needs<"configurationFile" | "keychain">,
  identityName: string | undefined,
): Promise<StartingPoint> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, identityName);
  const kept = await readStoredKeys(context, { configuration, identity });
  return { configuration, identity, ...kept };
}

/** Errors: CONFIRMATION_NEEDED for a key that is not imported, with nobody to ask; KEY_MISSING; KEYCHAIN_*. */
export async function prepareRotation(
  context: PrepareNeeds,
  prepared: StartingPoint,
  how: { readonly unattended: boolean },
): Promise<void> {
  const { configuration, identity, current: held, next, previous } = prepared;
  const copy = previous ?? next;
  if (held === undefined && copy !== undefined) {
    await writeKey(context, prepared, keyItem(identity.name), copy);
  } else if (held === undefined) {
    await offerImport(context, identity, how);
  }
  const item = `probe/${identity.name}`;
  try {
    await writeVerified(
      context,
      configuration,
      item,
      new Secret(`probe ${context.now().getTime()}`),
    );
  } finally {
    await (await context.keychain(configuration.keychainBackend)).remove(item);
  }
}

async function offerImport(
  context: PrepareNeeds,
  identity: Identity,
  { unattended }: { readonly unattended: boolean },
): Promise<void> {
  const { awsProfile: profile, name } = identity;
  const found = staticKeyOf(await (await context.awsFiles()).read(), profile);
  if (found === undefined) {
    throw new AwstError("KEY_MISSING", `no access key for "${name}" is in the keychain`, {
      hint: "awst key add",
    });
  }
  const message = `${found.accessKeyId} lies in AWS profile "${profile}", not in the keychain: it is not rotated there`;
  const terminal = unattended ? undefined : await context.terminal();
  if (!terminal?.isHere()) {
    throw new AwstError("CONFIRMATION_NEEDED", message, { hint: "awst key import" });
  }
  context.say(message);
  if (!(await terminal.confirm({ text: `Import ${found.accessKeyId} into the keychain first?` }))) {
    throw new AwstError("KEY_MISSING", "a key is rotated in the keychain only", {
      hint: "awst key import",
    });
  }
  await importKey(context, { identity: name, profile: undefined });
}
