// A rotation that nobody watches: by a schedule, or by itself after a code was entered. How it ended is
// written down, and what a person should know waits for the next `assume`.

import { findIdentity } from "../../model/configuration/find-identity.ts";
import { isAwstError } from "../../model/errors.ts";
import type { RotationReport } from "../../model/rotation/rotation-report.ts";
import {
  decodeRotationRuns,
  encodeRotationRuns,
  type RotationRun,
  rotationRunsName,
  withRun,
} from "../../model/rotation/rotation-runs.ts";
import {
  endOfError,
  endOfReport,
  runOf,
  type UnattendedEnd,
} from "../../model/rotation/unattended-report.ts";
import { decodeKeyNotes, keyNotesName } from "../../model/session/warm-state.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { leaveNotice, type NoticeNeeds } from "./leave-notice.ts";
import { mayRotationBeDue } from "./may-rotation-be-due.ts";
import { type RotateNeeds, type RotationOptions, rotateKey } from "./rotate-key.ts";
import { takeTerms } from "./take-terms.ts";

export type UnattendedNeeds = RotateNeeds & NoticeNeeds & Needs<"configurationFile">;

/** Errors: those of `rotateKey`, after they were noted. */
export async function rotateUnattended(
  world: UnattendedNeeds,
  by: RotationRun["by"],
  options: RotationOptions,
): Promise<RotationReport> {
  try {
    const report =
      (await youngAsNoted(world, options)) ??
      (await rotateKey(world, { ...options, unattended: true }));
    const terms = await takeTerms(world, report);
    const retry = await retryWords(world, options.identity);
    const end = endOfReport(report, world.now(), terms, retry);
    await noteEnd(world, by, report.identity, end);
    return report;
  } catch (error) {
    await noteFailure(world, by, options.identity, error);
    throw error;
  }
}

export async function noteFailure(
  world: UnattendedNeeds,
  by: RotationRun["by"],
  identityName: string | undefined,
  error: unknown,
): Promise<void> {
  if (!isAwstError(error) || isAwstError(error, "INTERRUPTED", "USAGE")) return;
  const identity = await nameIdentity(world, identityName);
  const retry = await retryWords(world, identityName);
  await noteEnd(world, by, identity, endOfError(error, identity, retry));
}

/** What is written down says that nothing is to be done: every hour, a keychain that may be locked need not
 *  be opened for that. */
async function youngAsNoted(
  world: UnattendedNeeds,
  { wish, identity: name, minimumAgeSeconds = 0 }: RotationOptions,
): Promise<RotationReport | undefined> {
  const identity = findIdentity(await loadConfiguration(world), name);
  if (wish !== "rotate" || (await mayRotationBeDue(world, identity.name, minimumAgeSeconds))) {
    return undefined;
  }
  const note = decodeKeyNotes(world.state.read(keyNotesName))[identity.name];
  return {
    identity: identity.name,
    outcome: "young",
    wasUnderWay: false,
    heldKeyId: note?.accessKeyId ?? "",
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
  world: UnattendedNeeds,
  by: RotationRun["by"],
  identity: string,
  end: UnattendedEnd,
): Promise<void> {
  const { outcome, status, text, notice } = end;
  if (outcome !== "not-due") {
    world.state.record("key-rotation-ended", { identity, by, outcome, status, text });
  }
  // A lost network is no reason to leave it for a day.
  const isPassing = by === "automatic" && outcome === "failed" && notice === undefined;
  if (!isPassing) {
    await world.state.update(rotationRunsName, (old) =>
      encodeRotationRuns(withRun(decodeRotationRuns(old), identity, runOf(end, by, world.now()))),
    );
  }
  if (notice !== undefined) await leaveNotice(world, { ...notice, identity });
}

async function nameIdentity(world: UnattendedNeeds, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  try {
    return findIdentity(await loadConfiguration(world), undefined).name;
  } catch {
    return "the default identity";
  }
}

async function retryWords(
  world: Needs<"places">,
  identity: string | undefined,
): Promise<readonly string[]> {
  const { configuration, configurationIsNamed } = world.places;
  return [
    "awst",
    "key",
    "rotate",
    ...(configurationIsNamed ? ["--config", configuration] : []),
    ...(identity === undefined ? [] : ["--identity", identity]),
  ];
}
