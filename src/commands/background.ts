// What every typed command does besides its own work: it removes expired keys from AWS's files, reports
// rotations in the background, and completes unfinished ones. A failure here does not affect the command.

import { removeExpiredKeys } from "../flows/profile/ensure-profiles.ts";
import { reportBackground, resumeRotations } from "../flows/rotation/background-reports.ts";
import { isAwstError } from "../model/errors.ts";
import type { Context } from "../ports.ts";

export async function beforeCommand(context: Context): Promise<void> {
  await removeExpiredKeys(context).catch((error: unknown) => printForDebugging(context, error));
  await reportBackground(context).catch((error: unknown) => printForDebugging(context, error));
}

export async function afterCommand(context: Context): Promise<void> {
  await resumeRotations(context).catch((error: unknown) => printForDebugging(context, error));
}

function printForDebugging(context: Context, error: unknown): void {
  if (!isAwstError(error)) throw error;
  context.debug(`before or after the command: ${error.message}`);
}
