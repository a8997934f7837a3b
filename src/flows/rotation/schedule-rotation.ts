// `key schedule`: hands a timed rotation to the system's own clockwork, shows it, takes it back.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { decodeRotationRuns, rotationRunsName } from "../../model/rotation/rotation-runs.ts";
import {
  carriedVariables,
  everySecondsOf,
  type InstalledSchedule,
  makeJob,
  nextSlot,
  scheduleName,
} from "../../model/rotation/schedule.ts";
import type { ScheduleReport } from "../../output/rotation/schedule-report.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";

type ShowNeeds = Needs<"configurationFile" | "paths" | "state" | "stamp" | "now" | "scheduler">;
type ScheduleNeeds = ShowNeeds & Needs<"env" | "program" | "keychain" | "locks" | "processId">;

/** Errors: KEY_MISSING for a key that is not imported, SCHEDULER_*, KEYCHAIN_*, IDENTITY_UNKNOWN. */
export async function scheduleRotation(
  context: ScheduleNeeds,
  wish: { readonly identity: string | undefined; readonly everySeconds: number },
): Promise<ScheduleReport> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, wish.identity);
  await requireImported(context, configuration, identity);
  const scheduler = await context.scheduler();
  const { carried, withheld } = carriedVariables(context.env, (await scheduler.choose()) ?? "cron");
  const job = makeJob({
    program: context.program,
    identity: identity.name,
    configuration: namedConfiguration(context),
    everySeconds: wish.everySeconds,
    environment: withPaths(context, carried),
  });
  if ([...job.words, ...Object.values(job.environment)].some((word) => /\p{Cc}/u.test(word))) {
    throw new AwstError("SCHEDULER_FAILED", "a path or a name holds what no schedule can");
  }
  const how = { holder: `key schedule (pid ${context.processId})` };
  const installed = await (await context.locks()).hold("schedule", how, () =>
    scheduler.install(job),
  );
  context.state.replace(programName(job.name), context.program);
  context.state.record("key-schedule-installed", {
    identity: identity.name,
    system: installed.system,
    everySeconds: wish.everySeconds,
  });
  return { ...report(context, identity, job.name, installed), withheld };
}

export async function showSchedule(
  context: ShowNeeds,
  identityName: string | undefined,
): Promise<ScheduleReport> {
  const identity = findIdentity(await loadConfiguration(context), identityName);
  const name = scheduleName(identity.name, namedConfiguration(context));
  return report(context, identity, name, await (await context.scheduler()).find(name));
}

export async function unscheduleRotation(
  context: ShowNeeds & Needs<"locks" | "processId">,
  identityName: string | undefined,
): Promise<ScheduleReport & { readonly wasThere: boolean }> {
  const identity = findIdentity(await loadConfiguration(context), identityName);
  const name = scheduleName(identity.name, namedConfiguration(context));
  const scheduler = await context.scheduler();
  const how = { holder: `key schedule (pid ${context.processId})` };
  const wasThere = await (await context.locks()).hold("schedule", how, () =>
    scheduler.remove(name),
  );
  if (wasThere) context.state.record("key-schedule-removed", { identity: identity.name });
  return { ...report(context, identity, name, undefined), wasThere };
}

function report(
  context: Needs<"state" | "stamp" | "now">,
  identity: Identity,
  name: string,
  installed: InstalledSchedule | undefined,
): ScheduleReport {
  const runs = decodeRotationRuns(context.state.read(rotationRunsName))[identity.name];
  const slot = installed && nextSlot(installed.system, installed.text, context.now());
  return {
    name,
    identity: identity.name,
    installed,
    everySeconds: installed && everySecondsOf(installed.text),
    nextRunAt: installed?.isActive ? (installed.nextRunAt ?? slot) : undefined,
    lastRun: runs?.schedule,
    missingProgram: installed && missingProgram(context, name),
    hasCodeCommand: identity.command !== undefined,
    withheld: [],
  };
}

/** Words of the program that were files when the schedule was made, and no longer are. */
function missingProgram(context: Needs<"state" | "stamp">, name: string): string | undefined {
  const program = context.state.read(programName(name));
  if (!Array.isArray(program)) return undefined;
  return program.find((word) => typeof word === "string" && context.stamp(word) === undefined);
}

async function requireImported(
  context: ScheduleNeeds,
  configuration: Configuration,
  identity: Identity,
): Promise<void> {
  const keychain = await context.keychain(configuration.keychainBackend);
  if (decodeAccessKey(await keychain.read(keyItem(identity.name))) !== undefined) return;
  const message = `the access key of "${identity.name}" is not in the keychain, and no other is ever replaced`;
  throw new AwstError("KEY_MISSING", message, { hint: "awst key import" });
}

function namedConfiguration(context: Needs<"paths">): string | undefined {
  const { configuration, configurationIsNamed } = context.paths;
  return configurationIsNamed ? configuration : undefined;
}

/** A relative path means something else from elsewhere. */
function withPaths(
  context: Needs<"paths">,
  carried: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { awsConfig, awsCredentials } = context.paths;
  return {
    ...carried,
    ...(carried["AWS_CONFIG_FILE"] && { AWS_CONFIG_FILE: awsConfig }),
    ...(carried["AWS_SHARED_CREDENTIALS_FILE"] && { AWS_SHARED_CREDENTIALS_FILE: awsCredentials }),
  };
}

function programName(name: string): string {
  return `schedule-${name}`;
}
