// Checks this machine: awst's folders and AWS's files can be read and written, the shell function is there, and the
// schedules are alive.

import { type Finding, note, ok, wrong } from "../../model/doctor/findings.ts";
import { findPathProblem, ownAgain, type PathUse } from "../../model/doctor/path-findings.ts";
import { findScheduleState } from "../../model/doctor/schedule-findings.ts";
import { otherStateHint } from "../../model/environment.ts";
import { isFailure } from "../../model/errors.ts";
import { scheduleProblems, schedulesFile } from "../../model/rotation/installed-schedules.ts";
import { rotationRunsFile } from "../../model/rotation/rotation-runs.ts";
import { probableShell, shellIntegration } from "../../model/shell/shells.ts";
import { setupLine } from "../../output/shell/shell-functions.ts";
import type { Needs } from "../../ports.ts";

export async function checkPaths(
  context: Needs<"paths" | "pathInspector">,
): Promise<readonly Finding[]> {
  const inspector = await context.pathInspector();
  const { configuration, state, sharedState, runtime, awsConfig, awsCredentials } = context.paths;
  const isSealed = inspector.inspect(`${sharedState}/keychain.sealed`).kind === "file";
  const otherState = otherStateHint(isSealed ? sharedState : undefined);
  const withoutFile = "without a profile: awst exec ACCOUNT ROLE -- CMD";
  const use = (what: string, kind: PathUse["kind"], isWritten: boolean, elsewhere: string) => ({
    ...{ what, kind, isWritten, elsewhere },
  });
  const uses: [string, PathUse][] = [
    [configuration, use("the configuration", "file", false, "awst --config FILE")],
    [state, use("awst's state folder", "folder", true, otherState)],
    [awsConfig, use("AWS's config file", "file", true, withoutFile)],
    [awsCredentials, use("AWS's credentials file", "file", true, withoutFile)],
    // A file is replaced by a new one, so its folder must be writable too.
    ...[...new Set([folderOf(awsConfig), folderOf(awsCredentials)])]
      .filter((folder) => folder !== "/dev")
      .map((folder): [string, PathUse] => [
        folder,
        use("the folder of AWS's files", "folder", true, withoutFile),
      ]),
  ];
  if (runtime !== undefined) {
    uses.push([runtime, use("awst's runtime folder", "folder", true, "unset XDG_RUNTIME_DIR")]);
  }
  const found = uses.flatMap(([path, how]) => {
    return findPathProblem(inspector.inspect(path), how, inspector.isRoot) ?? [];
  });
  const [foreign] = inspector.findForeign(state);
  if (foreign !== undefined && !inspector.isRoot) {
    const message = `awst's state folder ${state} contains files of another user: ${foreign}`;
    found.push(wrong("files", message, ownAgain(state)));
  }
  return found.length > 0 ? found : [ok("files", "awst can read and write its files")];
}

function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, "") || "/";
}

/** Whether `assume` can change this shell. */
export async function checkShell(
  context: Needs<"env" | "readText" | "paths">,
): Promise<readonly Finding[]> {
  const shell = probableShell(context.env);
  if (shellIntegration(context.env).isFunction) {
    return [ok("shell", "the shell function is loaded")];
  }
  const { line, file } = setupLine(shell);
  const text = await readStartFile(context, file);
  if (text.includes("awst shell-init")) {
    return [
      ok("shell", `${file} loads the shell function in new shells; in this one, see: type awst`),
    ];
  }
  const message = `${file} does not load the shell function, so assume can't change this shell`;
  return [note("shell", message, `add to ${file}: ${line}`)];
}

async function readStartFile(context: Needs<"readText" | "paths">, file: string): Promise<string> {
  try {
    return await context.readText(file.replace(/^~/, context.paths.home));
  } catch (error) {
    if (isFailure(error)) return "";
    throw error;
  }
}

/** Asks the system's scheduler only where awst installed a schedule. */
export async function checkSchedules(
  context: Needs<"state" | "fileFingerprint" | "scheduler" | "now">,
): Promise<readonly Finding[]> {
  const exists = (path: string) => context.fileFingerprint(path) !== undefined;
  const schedules = context.state.read(schedulesFile);
  const problems = scheduleProblems(schedules, exists);
  if (problems.length > 0) {
    return problems.map(({ message, hint }) => wrong("schedule", message, hint));
  }
  if (Object.keys(schedules).length === 0) return [];
  const scheduler = await context.scheduler();
  const runs = context.state.read(rotationRunsFile);
  const findings: Finding[] = [];
  for (const [name, schedule] of Object.entries(schedules)) {
    const installed = await scheduler.find(name);
    const last = runs[schedule.identity]?.schedule;
    findings.push(findScheduleState(schedule, installed, last, context.now()));
  }
  return findings;
}
