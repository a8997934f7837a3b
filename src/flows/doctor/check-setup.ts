// `doctor`: checks everything that `assume` needs, one thing after the other, and changes nothing. An error
// becomes a finding, and the next check runs.

import { clockRemark } from "../../model/clock.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import { trustedConfigurationsFile, trustOf } from "../../model/configuration/trust.ts";
import {
  environmentFindings,
  type Finding,
  networkFindings,
  note,
  ok,
  openFinding,
  wrong,
} from "../../model/doctor/findings.ts";
import { isFailure } from "../../model/errors.ts";
import { readValue } from "../../model/profile/ini-document.ts";
import { indexProfiles, parseAwsFiles } from "../../model/profile/profile-sections.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import { shellRegionNote } from "../../output/shell/printed-keys.ts";
import type { AwsFiles, CheckAdmin, Context } from "../../ports.ts";
import { lineForProfile } from "../shell/read-status.ts";
import { checkIdentity } from "./check-identity.ts";
import { checkPaths, checkSchedules, checkShell } from "./check-machine.ts";
import { checkProfiles } from "./check-profiles.ts";

/** `identity`: checks this one only. `online`: calls AWS too. */
export async function checkSetup(
  given: Context,
  options: {
    readonly online: boolean;
    readonly identity: string | undefined;
    readonly checkAdmin: CheckAdmin;
  },
): Promise<readonly Finding[]> {
  const context = readingOnce(given);
  const { configuration, findings } = await checkConfiguration(context, options.checkAdmin);
  const all = [...findings];
  all.push(...(await collect("files", () => checkPaths(context))));
  if (configuration === undefined)
    all.push(...(await collect("files", async () => cachedFindings(context))));
  const identities = [...(configuration?.identities.keys() ?? [])];
  for (const name of identities) {
    if (configuration === undefined) break;
    if (options.identity !== undefined && name !== options.identity) continue;
    const { online } = options;
    all.push(...(await collect("key", () => checkIdentity(context, configuration, name, online))));
  }
  all.push(...(await collect("profiles", () => checkProfiles(context, configuration))));
  all.push(...(await collect("environment", () => checkEnvironment(context))));
  all.push(...(await collect("shell", () => checkShell(context))));
  all.push(...(await collect("schedule", () => checkSchedules(context))));
  all.push(...(await collect("clock", async () => clockFindings(context))));
  return withoutRepetition(all);
}

function clockFindings(context: Context): readonly Finding[] {
  const remark = clockRemark(context.clock());
  if (remark !== undefined) return [note("clock", remark)];
  return [ok("clock", "no difference from AWS's clock is known")];
}

/** After the configuration was deleted, sessions that work are still cached. */
function cachedFindings(context: Context): readonly Finding[] {
  const { awsNow, now } = context.clock();
  const entries = Object.values(context.state.read(sessionIndexFile));
  const isMissing = context.fileFingerprint(context.paths.configuration) === undefined;
  if (!isMissing || !entries.some(({ expiresAt }) => new Date(expiresAt) > (awsNow ?? now)))
    return [];
  return [
    note(
      "files",
      "the configuration is gone, and its sessions are still cached",
      "awst logout --all",
    ),
  ];
}

/** All checks are about one moment: AWS's files are read once. */
function readingOnce(context: Context): Context {
  let reading: ReturnType<AwsFiles["read"]> | undefined;
  const awsFiles = async () => {
    const files = await context.awsFiles();
    const read = () => {
      reading ??= files.read();
      return reading;
    };
    return { ...files, read };
  };
  return { ...context, awsFiles };
}

/** Two checks may meet the same line of a file. */
function withoutRepetition(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ message }, index) => {
    return !findings.slice(0, index).some((earlier) => earlier.message.endsWith(message));
  });
}

/** Returns a check's findings, or the error that ended it as a finding. */
async function collect(
  area: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [wrong(area, error.message, error.hint)];
  }
}

interface ConfigurationFindings {
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

async function checkConfiguration(
  context: Context,
  checkAdmin: CheckAdmin,
): Promise<ConfigurationFindings> {
  const area = "configuration";
  const path = context.paths.configuration;
  try {
    const { configuration, problems } = await (await context.configurationFile()).check(checkAdmin);
    const findings = problems.map(({ line, column, message, hint }) =>
      wrong(area, `${path}:${line}:${column}: ${message}`, hint),
    );
    const remarks = (configuration?.remarks ?? []).map((remark) => note(area, remark));
    const state = findings.length === 0 ? [ok(area, path)] : findings;
    const trust = await checkTrust(context, configuration);
    return { configuration, findings: [...state, ...trust, ...remarks] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { configuration: undefined, findings: [wrong(area, error.message, error.hint)] };
  }
}

/** Whether its commands run, by the rules of `mayRunCommand`. */
async function checkTrust(
  context: Context,
  configuration: Configuration | undefined,
): Promise<readonly Finding[]> {
  const area = "configuration";
  const path = context.paths.configuration;
  const source = await (await context.configurationFile()).source();
  const identities = [...(configuration?.identities.values() ?? [])];
  const notRun = identities.some(({ command }) => command !== undefined)
    ? "the [mfa] command is not run"
    : undefined;
  if (source.openTo !== undefined) return [openFinding(area, source.openTo, notRun)];
  const trust = trustOf(path, source, context.state.read(trustedConfigurationsFile));
  if (notRun === undefined || trust === "trusted") return [];
  const why = trust === "changed" ? "has changed" : "is not in the default location";
  return [note(area, `${notRun}: ${path} ${why}`, "awst config trust")];
}

/** What overrides a profile in this shell; `assume` unsets the same variables and prints the same note. */
async function checkEnvironment(context: Context): Promise<readonly Finding[]> {
  const { env } = context;
  const { named } = indexProfiles(parseAwsFiles(await (await context.awsFiles()).read()));
  const isFile = (path: string) => context.fileFingerprint(path) !== undefined;
  const sections = named(env["AWS_DEFAULT_PROFILE"] || env["AWS_PROFILE"] || "");
  const region = sections
    .map(({ section }) => readValue(section, "region"))
    .find((value) => value !== undefined);
  const remark = region === undefined ? undefined : shellRegionNote(env, region);
  return [
    ...environmentFindings(env, {
      isProfile: (name) => named(name).length > 0,
      lineFor: (name) => lineForProfile(context, name),
    }),
    ...(remark === undefined ? [] : [note("environment", remark)]),
    ...networkFindings(env, isFile),
  ];
}
