// Rotations without a user: by a schedule (`key rotate --unattended`), or started by `assume` (`--automatic`).
// The result goes to the state file `rotation-runs`; what the user should know waits for the next typed command.

import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { type AccessKey, decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { profilesWithKey } from "../../model/profile/long-term-keys.ts";
import {
  isAlreadyReported,
  type Notice,
  noticesFile,
  withNotice,
} from "../../model/rotation/notices.ts";
import {
  type RotationRun,
  rotationRunsFile,
  withFirstNoticePrinted,
  withRun,
  withTime,
} from "../../model/rotation/rotation-runs.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { copiesInUseText, importCommand } from "../../output/key/key-report.ts";
import type { RotationReport } from "../../output/rotation/rotation-report.ts";
import {
  endOfError,
  endOfReport,
  firstRotationNotice,
  runOf,
  type UnattendedEnd,
} from "../../output/rotation/unattended-report.ts";
import type { Context, Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { fingerprintOfJournal } from "../session/open-rotations.ts";
import { mayRotationBeDue } from "../session/start-rotation.ts";
import { type RotationOptions, rotateKey } from "./rotate-key.ts";

/** `keyInUse`: of a rotation that no user typed or scheduled. Errors: those of `rotateKey`, recorded before they are thrown. */
export async function rotateUnattended(
  context: Context,
  by: RotationRun["by"],
  options: RotationOptions,
  keyInUse?: string,
): Promise<RotationReport> {
  try {
    const report =
      (await reportIfNotDue(context, options)) ??
      (await rotateUnlessCopied(context, { ...options, unattended: true }, keyInUse));
    const notice = await takeFirstRotationNotice(context, report);
    const end = endOfReport(
      report,
      context.clock().awsNow,
      notice,
      retryCommand(context, options.identity),
    );
    await recordEnd(context, by, report.identity, end);
    return report;
  } catch (error) {
    await recordFailure(context, by, options.identity, error);
    throw error;
  }
}

/** A rotation that no user typed or scheduled ends no other use of the key in AWS's files. Errors: those of `rotateKey`;
 *  PROFILE_CONFLICT where a profile signs with the key itself; FILE_* where the files can't be read. */
async function rotateUnlessCopied(
  context: Context,
  options: RotationOptions,
  keyInUse: string | undefined,
): Promise<RotationReport> {
  const { identity: name = "", request } = options;
  if (keyInUse !== undefined && request === "rotate") {
    const profiles = profilesWithKey(await (await context.awsFiles()).read(), keyInUse);
    if (profiles[0] !== undefined) {
      throw new AwstError("PROFILE_CONFLICT", copiesInUseText(profiles, keyInUse), {
        hint: importCommand(profiles[0], name),
      });
    }
  }
  return rotateKey(context, options);
}

/** Runs `rotateKey` for a user, and records that no run in the background is needed now. */
export async function rotateByHand(
  context: Context,
  options: RotationOptions,
): Promise<RotationReport> {
  const report = await rotateKey(context, options);
  const { identity } = report;
  if (!options.dryRun) {
    const run = { at: context.now(), journalFingerprint: fingerprintOfJournal(context, identity) };
    await context.state.update(rotationRunsFile, (runs) =>
      withTime(runs, identity, "endedAt", run),
    );
  }
  return report;
}

/** How long to wait for another rotation of the key, which does the same work. */
const waitMs = 60_000;

/** Returns undefined for a key that is not in the keychain. `isResume`: completes an earlier rotation only. Errors:
 *  those of `rotateKey`. */
export async function rotateAutomatically(
  context: Context,
  identityName: string | undefined,
  { isResume }: { readonly isResume: boolean },
): Promise<RotationReport | undefined> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, identityName);
  let key: AccessKey | undefined;
  try {
    const keychain = await context.keychain(configuration.keychainBackend);
    key = decodeAccessKey(await keychain.read(keyItem(identity.name)));
    if (key === undefined) return undefined;
  } catch (error) {
    await recordFailure(context, "automatic", identity.name, error);
    throw error;
  }
  const minutes = identity.keyRotationIntervalMinutes;
  const options = {
    identity: identity.name,
    request: isResume || minutes === 0 ? "resume" : "rotate",
    minimumAgeSeconds: minutes * 60,
    unattended: true,
    purpose: "key rotate --automatic",
    retry: "awst key rotate",
    waitMs,
  } as const;
  return rotateUnattended(context, "automatic", options, key.accessKeyId);
}

/** Decides from state files only, so that an hourly run does not open a locked keychain without need. */
async function reportIfNotDue(
  context: Context,
  { request, identity: identityName, minimumAgeSeconds = 0 }: RotationOptions,
): Promise<RotationReport | undefined> {
  const { name } = findIdentity(await loadConfiguration(context), identityName);
  if (request !== "rotate" || mayRotationBeDue(context, name, minimumAgeSeconds)) return undefined;
  const cached = context.state.read(cachedKeyIdsFile)[name];
  return {
    identity: name,
    result: "young",
    wasUnderWay: false,
    currentKeyId: cached?.accessKeyId ?? "",
    oldKeyId: undefined,
    oldKeyState: undefined,
    undoUntil: undefined,
    steps: [],
    waiting: [],
    remarks: [],
    failure: undefined,
  };
}

async function recordFailure(
  context: Context,
  by: RotationRun["by"],
  identityName: string | undefined,
  error: unknown,
): Promise<void> {
  if (!isAwstError(error) || isAwstError(error, "INTERRUPTED", "USAGE")) return;
  const identity = identityName ?? (await defaultIdentityName(context));
  const end = endOfError(error, identity, retryCommand(context, identityName));
  await recordEnd(context, by, identity, end);
}

async function defaultIdentityName(context: Context): Promise<string> {
  try {
    return findIdentity(await loadConfiguration(context), undefined).name;
  } catch {
    return "the default identity";
  }
}

async function recordEnd(
  context: Context,
  by: RotationRun["by"],
  identity: string,
  end: UnattendedEnd,
): Promise<void> {
  const { result, status, text, notice } = end;
  if (result !== "not-due") {
    context.state.record("key-rotation-ended", { identity, by, result, status, text });
  }
  // A transient failure of an automatic run must not delay the next one by a day.
  const isTransient = by === "automatic" && result === "failed" && notice === undefined;
  const now = context.now();
  const run = runOf(end, by, now);
  const ended = { at: now, journalFingerprint: fingerprintOfJournal(context, identity) };
  await context.state.update(rotationRunsFile, (before) => {
    const runs = withTime(before, identity, "endedAt", ended);
    return isTransient ? runs : withRun(runs, identity, run);
  });
  if (notice !== undefined) await leaveNotice(context, { ...notice, identity });
}

/** Stores a notice for the next typed command. `isCall`: the user must act, so it is shown on the desktop too, once
 *  until it is printed. */
export async function leaveNotice(
  context: Needs<"state" | "now" | "notifier" | "debug">,
  { isCall, ...content }: Omit<Notice, "at"> & { readonly isCall: boolean },
): Promise<void> {
  const notice: Notice = { ...content, at: context.now().toISOString() };
  let wasKnown = false;
  await context.state.update(noticesFile, (notices) => {
    wasKnown = isAlreadyReported(notices, notice);
    return withNotice(notices, notice);
  });
  if (!isCall || wasKnown) return;
  const command = notice.command === undefined ? "" : `: ${notice.command}`;
  const isShown = await (await context.notifier()).show("awst", `${notice.text}${command}`);
  context.debug(isShown ? "desktop notification: shown" : "desktop notification: not available");
}

/** Returns what automatic rotation means for other machines, once per identity; undefined if the user was
 *  informed already, or if the configuration turns it off. */
export async function takeFirstRotationNotice(
  context: Needs<"state" | "configurationFile">,
  { identity, result }: Pick<RotationReport, "identity" | "result">,
): Promise<string | undefined> {
  if (result !== "rotated") return undefined;
  if (context.state.read(rotationRunsFile)[identity]?.isFirstNoticePrinted) return undefined;
  const { identities } = await loadConfiguration(context);
  const notice = firstRotationNotice(identities.get(identity)?.keyRotationIntervalMinutes ?? 0);
  if (notice === undefined) return undefined;
  await context.state.update(rotationRunsFile, (runs) => withFirstNoticePrinted(runs, identity));
  return notice;
}

function retryCommand({ paths }: Needs<"paths">, identity: string | undefined): readonly string[] {
  const { configuration, configurationIsNamed } = paths;
  return [
    "awst",
    "key",
    "rotate",
    ...(configurationIsNamed ? ["--config", configuration] : []),
    ...(identity === undefined ? [] : ["--identity", identity]),
  ];
}
