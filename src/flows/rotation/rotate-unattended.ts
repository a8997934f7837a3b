// A rotation that nobody watches: by a schedule, or by itself after a code was entered. How it ended is
// written down, and what a person should know waits for the next `assume`.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { isAwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import {
  decodeNotices,
  encodeNotices,
  isKnown,
  type Notice,
  noticesName,
  withNotice,
} from "../../model/rotation/notices.ts";
import {
  decodeRotationRuns,
  encodeRotationRuns,
  type RotationRun,
  rotationRunsName,
  withFirstNoticePrinted,
  withRun,
} from "../../model/rotation/rotation-runs.ts";
import { cachedKeyIdsName, decodeCachedKeyIds } from "../../model/session/config-cache.ts";
import { firstRotationNotice } from "../../output/rotation/notice-report.ts";
import type { RotationReport } from "../../output/rotation/rotation-report.ts";
import {
  endOfError,
  endOfReport,
  runOf,
  type UnattendedEnd,
} from "../../output/rotation/unattended-report.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { type RotateNeeds, type RotationOptions, rotateKey } from "./rotate-key.ts";
import { mayRotationBeDue } from "./start-automatic-rotation.ts";
export type UnattendedNeeds = RotateNeeds & NoticeNeeds & Needs<"configurationFile">;

/** Errors: those of `rotateKey`, after they were noted. */
export async function rotateUnattended(
  context: UnattendedNeeds,
  by: RotationRun["by"],
  options: RotationOptions,
): Promise<RotationReport> {
  try {
    const report =
      (await youngAsNoted(context, options)) ??
      (await rotateKey(context, { ...options, unattended: true }));
    const terms = await takeFirstRotationNotice(context, report);
    const retry = await retryWords(context, options.identity);
    const end = endOfReport(report, context.now(), terms, retry);
    await noteEnd(context, by, report.identity, end);
    return report;
  } catch (error) {
    await noteFailure(context, by, options.identity, error);
    throw error;
  }
}

export async function noteFailure(
  context: UnattendedNeeds,
  by: RotationRun["by"],
  identityName: string | undefined,
  error: unknown,
): Promise<void> {
  if (!isAwstError(error) || isAwstError(error, "INTERRUPTED", "USAGE")) return;
  const identity = await nameIdentity(context, identityName);
  const retry = await retryWords(context, identityName);
  await noteEnd(context, by, identity, endOfError(error, identity, retry));
}

/** What is written down says that nothing is to be done: every hour, a keychain that may be locked need not
 *  be opened for that. */
async function youngAsNoted(
  context: UnattendedNeeds,
  { request: wish, identity: name, minimumAgeSeconds = 0 }: RotationOptions,
): Promise<RotationReport | undefined> {
  const identity = findIdentity(await loadConfiguration(context), name);
  if (wish !== "rotate" || (await mayRotationBeDue(context, identity.name, minimumAgeSeconds))) {
    return undefined;
  }
  const note = decodeCachedKeyIds(context.state.read(cachedKeyIdsName))[identity.name];
  return {
    identity: identity.name,
    outcome: "young",
    wasUnderWay: false,
    currentKeyId: note?.accessKeyId ?? "",
    oldKeyId: undefined,
    oldKeyState: undefined,
    undoUntil: undefined,
    steps: [],
    waiting: [],
    remarks: [],
    failure: undefined,
  };
}

async function noteEnd(
  context: UnattendedNeeds,
  by: RotationRun["by"],
  identity: string,
  end: UnattendedEnd,
): Promise<void> {
  const { outcome, status, text, notice } = end;
  if (outcome !== "not-due") {
    context.state.record("key-rotation-ended", { identity, by, outcome, status, text });
  }
  // A lost network is no reason to leave it for a day.
  const isPassing = by === "automatic" && outcome === "failed" && notice === undefined;
  if (!isPassing) {
    await context.state.update(rotationRunsName, (old) =>
      encodeRotationRuns(withRun(decodeRotationRuns(old), identity, runOf(end, by, context.now()))),
    );
  }
  if (notice !== undefined) await leaveNotice(context, { ...notice, identity });
}

async function nameIdentity(context: UnattendedNeeds, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  try {
    return findIdentity(await loadConfiguration(context), undefined).name;
  } catch {
    return "the default identity";
  }
}

async function retryWords(
  context: Needs<"paths">,
  identity: string | undefined,
): Promise<readonly string[]> {
  const { configuration, configurationIsNamed } = context.paths;
  return [
    "awst",
    "key",
    "rotate",
    ...(configurationIsNamed ? ["--config", configuration] : []),
    ...(identity === undefined ? [] : ["--identity", identity]),
  ];
}

/** How long a rotation by somebody else is waited for: that one does the same. */
const waitMs = 60_000;

/** undefined: nothing was to be done. Errors: those of `rotateKey`. */
export async function rotateAutomatically(
  context: UnattendedNeeds,
  identityName: string | undefined,
): Promise<RotationReport | undefined> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, identityName);
  if (!(await isImported(context, configuration, identity))) return undefined;
  const minutes = identity.keyRotationIntervalMinutes;
  return rotateUnattended(context, "automatic", {
    identity: identity.name,
    request: minutes === 0 ? "resume" : "rotate",
    minimumAgeSeconds: minutes * 60,
    unattended: true,
    purpose: "key rotate --automatic",
    retry: "awst key rotate",
    waitMs,
  });
}

async function isImported(
  context: UnattendedNeeds,
  configuration: Configuration,
  identity: Identity,
): Promise<boolean> {
  try {
    const keychain = await context.keychain(configuration.keychainBackend);
    return decodeAccessKey(await keychain.read(keyItem(identity.name))) !== undefined;
  } catch (error) {
    await noteFailure(context, "automatic", identity.name, error);
    throw error;
  }
}

/** One line, once per identity; undefined where it was said, or where nothing is replaced by itself. */
export async function takeFirstRotationNotice(
  context: Needs<"state" | "configurationFile">,
  { identity, outcome }: Pick<RotationReport, "identity" | "outcome">,
): Promise<string | undefined> {
  if (outcome !== "rotated") return undefined;
  const runs = decodeRotationRuns(context.state.read(rotationRunsName));
  if (runs[identity]?.isFirstNoticePrinted) return undefined;
  const { identities } = await loadConfiguration(context);
  const terms = firstRotationNotice(identities.get(identity)?.keyRotationIntervalMinutes ?? 0);
  if (terms === undefined) return undefined;
  await context.state.update(rotationRunsName, (old) =>
    encodeRotationRuns(withFirstNoticePrinted(decodeRotationRuns(old), identity)),
  );
  return terms;
}

export type NoticeNeeds = Needs<"state" | "now" | "notifier" | "debug">;

export async function leaveNotice(
  context: NoticeNeeds,
  { isCall, ...word }: Omit<Notice, "at"> & { readonly isCall: boolean },
): Promise<void> {
  const notice: Notice = { ...word, at: context.now().toISOString() };
  let wasKnown = false;
  await context.state.update(noticesName, (old) => {
    const notices = decodeNotices(old);
    wasKnown = isKnown(notices, notice);
    return encodeNotices(withNotice(notices, notice));
  });
  if (!isCall || wasKnown) return;
  const toDo = notice.command === undefined ? "" : `: ${notice.command}`;
  const isShown = await (await context.notifier()).show("awst", `${notice.text}${toDo}`);
  context.debug(isShown ? "shown on the desktop" : "no desktop took the word");
}
