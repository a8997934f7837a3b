// `key schedule`: installs a scheduled rotation in the operating system's scheduler, shows it, removes it.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { userWithoutConfiguration } from "../../model/configuration/without-configuration.ts";
import { AwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { schedulesFile } from "../../model/rotation/installed-schedules.ts";
import { rotationRunsFile } from "../../model/rotation/rotation-runs.ts";
import {
  type InstalledSchedule,
  intervalSecondsOf,
  makeJob,
  nextRunOf,
  scheduleEnvironment,
  scheduleName,
} from "../../model/rotation/schedule.ts";
import type { ScheduleReport } from "../../output/rotation/schedule-report.ts";
import type { Context, Needs } from "../../ports.ts";
import { loadConfiguration, loadUnlessMissing } from "../session/load-configuration.ts";
import { refuseKeyElsewhere } from "../session/open-identity-context.ts";

/** Errors: KEY_MISSING for a key that is not imported, SCHEDULER_*, KEYCHAIN_*, IDENTITY_UNKNOWN. */
export async function scheduleRotation(
  context: Context,
  options: { readonly identity: string | undefined; readonly everySeconds: number },
): Promise<ScheduleReport> {
  const { everySeconds } = options;
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, options.identity);
  await requireImportedKey(context, configuration, identity);
  const scheduler = await context.scheduler();
  const system = (await scheduler.choose()) ?? "cron";
  const { variables, withheld } = scheduleEnvironment(context.env, system);
  const { program } = await context.stableProgram("write");
  const job = makeJob({
    program,
    identity: identity.name,
    configuration: namedConfiguration(context),
    everySeconds,
    environment: withAbsolutePaths(context, variables),
  });
  if ([...job.command, ...Object.values(job.environment)].some((text) => /\p{Cc}/u.test(text))) {
    throw new AwstError("SCHEDULER_FAILED", "a path or a name contains a control character");
  }
  const locks = await context.locks();
  await using _lock = await locks.acquire("schedule", { owner: "key schedule" });
  const installed = await scheduler.install(job);
  const installedAt = context.now().toISOString();
  const stored = { identity: identity.name, program, everySeconds, installedAt };
  await context.state.update(schedulesFile, (all) => ({ ...all, [job.name]: stored }));
  context.state.record("key-schedule-installed", {
    identity: identity.name,
    system: installed.system,
    everySeconds,
  });
  return { ...report(context, identity, job.name, installed), withheld };
}

export async function showSchedule(
  context: Context,
  identityName: string | undefined,
): Promise<ScheduleReport> {
  const identity = findIdentity(await loadConfiguration(context), identityName);
  const name = scheduleName(identity.name, namedConfiguration(context));
  return report(context, identity, name, await (await context.scheduler()).find(name));
}

/** Also works after the configuration was deleted: the scheduler keeps starting a schedule without it, in vain. */
export async function unscheduleRotation(
  context: Context,
  identityName: string | undefined,
): Promise<ScheduleReport & { readonly wasInstalled: boolean }> {
  const identity = await findScheduled(context, identityName);
  const name = scheduleName(identity.name, namedConfiguration(context));
  const scheduler = await context.scheduler();
  const locks = await context.locks();
  await using _lock = await locks.acquire("schedule", { owner: "key schedule" });
  const wasInstalled = await scheduler.remove(name);
  if (wasInstalled) context.state.record("key-schedule-removed", { identity: identity.name });
  await context.state.update(schedulesFile, ({ [name]: _, ...others }) => others);
  return { ...report(context, identity, name, undefined), wasInstalled };
}

async function findScheduled(
  context: Context,
  identityName: string | undefined,
): Promise<ScheduledIdentity> {
  const configuration = await loadUnlessMissing(context);
  if (!(configuration instanceof AwstError)) return findIdentity(configuration, identityName);
  const recorded = Object.entries(context.state.read(schedulesFile))
    .filter(([name, { identity }]) => name === scheduleName(identity, namedConfiguration(context)))
    .map(([, { identity }]) => identity);
  const name = userWithoutConfiguration(identityName, recorded, configuration);
  return { name, command: undefined };
}

type ScheduledIdentity = Pick<Identity, "name" | "command">;

function report(
  context: Context,
  identity: ScheduledIdentity,
  name: string,
  installed: InstalledSchedule | undefined,
): ScheduleReport {
  const runs = context.state.read(rotationRunsFile)[identity.name];
  const byDefinition = installed && nextRunOf(installed.system, installed.text, context.now());
  return {
    name,
    identity: identity.name,
    installed,
    everySeconds: installed && intervalSecondsOf(installed.text),
    nextRunAt: installed?.isActive ? (installed.nextRunAt ?? byDefinition) : undefined,
    lastRun: runs?.schedule,
    missingProgram: installed && missingProgram(context, name),
    hasCodeCommand: identity.command !== undefined,
    withheld: [],
  };
}

/** Returns a file of the scheduled command that existed when the schedule was installed and no longer does. */
function missingProgram(
  context: Needs<"state" | "fileFingerprint">,
  name: string,
): string | undefined {
  const program = context.state.read(schedulesFile)[name]?.program;
  return program?.find((path) => context.fileFingerprint(path) === undefined);
}

async function requireImportedKey(
  context: Needs<"keychain">,
  configuration: Configuration,
  identity: Identity,
): Promise<void> {
  const keychain = await context.keychain(configuration.keychainBackend);
  if (decodeAccessKey(await keychain.read(keyItem(identity.name))) !== undefined) return;
  await refuseKeyElsewhere(keychain, identity.name);
  const message = `the access key of "${identity.name}" is not in the keychain; awst rotates keys in the keychain only`;
  throw new AwstError("KEY_MISSING", message, { hint: "awst key import" });
}

function namedConfiguration({ paths }: Needs<"paths">): string | undefined {
  return paths.configurationIsNamed ? paths.configuration : undefined;
}

/** The scheduler starts the command in another folder, where a relative path means another file. */
function withAbsolutePaths(
  { paths }: Needs<"paths">,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { awsConfig, awsCredentials } = paths;
  return {
    ...variables,
    ...(variables["AWS_CONFIG_FILE"] && { AWS_CONFIG_FILE: awsConfig }),
    ...(variables["AWS_SHARED_CREDENTIALS_FILE"] && {
      AWS_SHARED_CREDENTIALS_FILE: awsCredentials,
    }),
  };
}
