// `doctor`: checks everything that `assume` needs, one thing after the other, and changes nothing. An error
// becomes a finding, and the next check runs.

import { clockRemark } from "../../model/clock.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import {
  environmentFindings,
  type Finding,
  networkFindings,
  note,
  ok,
  wrong,
} from "../../model/doctor/findings.ts";
import { isAwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { findProfiles, ownedProfiles, parseAwsFiles } from "../../model/profile/aws-profiles.ts";
import { occurrencesOf, staticKeyOf } from "../../model/profile/long-term-keys.ts";
import { scheduleProblems, schedulesFile } from "../../model/rotation/installed-schedules.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { Keys } from "../../model/session/session.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Context } from "../../ports.ts";
import { type ListedProfile, listProfiles } from "../profile/sync-profiles.ts";

/** `identity`: checks this one only. `online`: calls AWS too. */
export async function checkSetup(
  context: Context,
  options: { readonly online: boolean; readonly identity: string | undefined },
): Promise<readonly Finding[]> {
  const { configuration, findings } = await checkConfiguration(context);
  const all = [...findings];
  const identities = [...(configuration?.identities.keys() ?? [])];
  for (const name of identities) {
    if (configuration === undefined) break;
    if (options.identity !== undefined && name !== options.identity) continue;
    const { online } = options;
    all.push(...(await collect("key", () => checkKey(context, configuration, name, online))));
  }
  all.push(...(await collect("profiles", () => checkProfiles(context, configuration))));
  all.push(...(await collect("environment", () => checkEnvironment(context))));
  all.push(...scheduleFindings(context));
  const remark = clockRemark(context.clock());
  all.push(
    remark === undefined
      ? ok("clock", "no difference from AWS's clock is known")
      : note("clock", remark),
  );
  return all;
}

/** Returns a check's findings, or the error that ended it as a finding. */
async function collect(
  area: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return [wrong(area, error.message, error.hint)];
  }
}

interface ConfigurationFindings {
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

async function checkConfiguration(context: Context): Promise<ConfigurationFindings> {
  const area = "configuration";
  const path = context.paths.configuration;
  try {
    const { configuration, problems } = await (await context.configurationFile()).check();
    const findings = problems.map(({ line, column, message, hint }) =>
      wrong(area, `${path}:${line}:${column}: ${message}`, hint),
    );
    const remarks = (configuration?.remarks ?? []).map((remark) => note(area, remark));
    if (configuration === undefined) return { configuration, findings };
    return { configuration, findings: [ok(area, path), ...remarks] };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    const isFirstUse =
      error.code === "CONFIGURATION_MISSING" && !/AWST_CONFIG/.test(error.hint ?? "");
    const hint = isFirstUse ? "awst init" : error.hint;
    return { configuration: undefined, findings: [wrong(area, error.message, hint)] };
  }
}

/** Checks one identity: its keychain opens, it has a key, and with `online` AWS accepts the key. */
async function checkKey(
  context: Context,
  configuration: Configuration,
  name: string,
  online: boolean,
): Promise<readonly Finding[]> {
  const identity = findIdentity(configuration, name);
  const isDefault = name === configuration.defaultIdentity;
  const keyCommand = (command: string) =>
    commandLine(["awst", "key", command, ...(isDefault ? [] : ["--identity", name])]);
  const texts = await (await context.awsFiles()).read();
  const inProfile = staticKeyOf(texts, identity.awsProfile);
  const findings: Finding[] = [];

  const stored = await readStoredKey(context, configuration, name);
  if (isAwstError(stored)) {
    findings.push(wrong("keychain", stored.message, stored.hint));
  } else if (stored.key !== undefined) {
    const { accessKeyId } = stored.key;
    findings.push(ok("keychain", `opened (${stored.kind})`));
    findings.push(ok("key", `${name}: ${accessKeyId}, in the keychain`));
    for (const { file, line } of occurrencesOf(texts, accessKeyId)) {
      const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
      findings.push(note("key", `${path}:${line} still contains ${accessKeyId}`));
    }
    if (inProfile !== undefined && inProfile.accessKeyId !== accessKeyId) {
      const message = `awst uses ${accessKeyId} from the keychain; profile "${identity.awsProfile}" holds ${inProfile.accessKeyId}`;
      findings.push(wrong("key", `${name}: ${message}`, keyCommand("list")));
    }
  } else if (inProfile !== undefined) {
    const where = `plain text in AWS profile "${identity.awsProfile}"`;
    findings.push(note("key", `${name}: ${inProfile.accessKeyId}, ${where}`, keyCommand("import")));
  } else {
    const where = `no key in the keychain or in AWS profile "${identity.awsProfile}"`;
    findings.push(wrong("key", `${name}: ${where}`, keyCommand("add")));
  }
  const key = isAwstError(stored) ? inProfile : (stored.key ?? inProfile);
  if (!online || key === undefined) return findings;
  const { region } = callRegion(identity, configuration, context.env);
  return [...findings, await checkKeyAtAws(context, name, key, region)];
}

async function readStoredKey(context: Context, configuration: Configuration, name: string) {
  try {
    const keychain = await context.keychain(configuration.keychainBackend);
    const key = decodeAccessKey(await keychain.read(keyItem(name)));
    return { key, kind: keychain.kind };
  } catch (error) {
    if (isAwstError(error)) return error;
    throw error;
  }
}

async function checkKeyAtAws(
  context: Context,
  name: string,
  key: Keys,
  region: string,
): Promise<Finding> {
  try {
    const aws = await context.aws(key, region);
    const { arn } = await aws.getCallerIdentity();
    return ok("aws", `${name}: ${key.accessKeyId} belongs to ${arn} (${region})`);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return wrong("aws", `${name}: ${error.message}`, error.hint);
  }
}

/** Checks AWS's two files: who can read them, conflicts, missing profiles, and missing programs. */
async function checkProfiles(
  context: Context,
  configuration: Configuration | undefined,
): Promise<readonly Finding[]> {
  const area = "profiles";
  const files = await context.awsFiles();
  const findings: Finding[] = [];
  if (await files.isOpenToOthers()) {
    const path = context.paths.awsCredentials;
    findings.push(wrong(area, `other users of this machine can read ${path}`, `chmod 600 ${path}`));
  }
  for (const { name, call } of ownedProfiles(await files.read())) {
    const missing = call.program.find(
      (part) => isAbsolutePath(part) && context.fileFingerprint(part) === undefined,
    );
    if (missing === undefined) continue;
    const message = `profile "${name}" calls ${missing}, which does not exist`;
    findings.push(wrong(area, message, "awst profile sync"));
  }
  if (configuration === undefined) return findings;
  const { profiles: listed } = await listProfiles(context);
  for (const { name, file, why } of inState(listed, "conflict")) {
    const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
    const hint = "rename that section, or change [write] profiles";
    findings.push(wrong(area, `${path} [${name}] conflicts with a profile of awst: ${why}`, hint));
  }
  for (const { name, why } of inState(listed, "unwritable")) {
    findings.push(note(area, `can't write profile ${JSON.stringify(name)}: ${why}`));
  }
  const missing = [...inState(listed, "missing"), ...inState(listed, "outdated")];
  if (missing.length > 0) {
    const names = missing.slice(0, 3).map(({ name }) => JSON.stringify(name));
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
    const message = `missing or outdated: ${names.join(", ")}${more}`;
    findings.push(note(area, message, "awst profile sync"));
  }
  const upToDate = [...inState(listed, "up to date"), ...inState(listed, "keys")].length;
  if (upToDate > 0) findings.push(ok(area, `${upToDate} up to date`));
  return findings;
}

function scheduleFindings(context: Context): readonly Finding[] {
  const exists = (path: string) => context.fileFingerprint(path) !== undefined;
  const schedules = context.state.read(schedulesFile);
  const problems = scheduleProblems(schedules, exists);
  if (problems.length > 0)
    return problems.map(({ message, hint }) => wrong("schedule", message, hint));
  const count = Object.keys(schedules).length;
  return count === 0 ? [] : [ok("schedule", `${count} installed, and the program exists`)];
}

function inState(listed: readonly ListedProfile[], state: ListedProfile["state"]) {
  return listed.filter((each) => each.state === state);
}

function isAbsolutePath(part: string): boolean {
  return /^(\/|[A-Za-z]:\/)/.test(part);
}

async function checkEnvironment(context: Context): Promise<readonly Finding[]> {
  const known = findProfiles(parseAwsFiles(await (await context.awsFiles()).read()));
  const isProfile = (name: string) => known.some(({ names }) => names.includes(name));
  const isFile = (path: string) => context.fileFingerprint(path) !== undefined;
  return [...environmentFindings(context.env, isProfile), ...networkFindings(context.env, isFile)];
}
