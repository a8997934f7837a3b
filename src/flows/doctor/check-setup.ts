// `doctor`: looks at everything that has to be right for `assume` to work, one thing after the other, and
// changes nothing. An error met on the way is what was found out, and the next thing is looked at.

import { clockName, clockOf, clockRemark } from "../../model/clock.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { environmentFindings, networkFindings } from "../../model/doctor/environment-findings.ts";
import { type Finding, good, note, wrong } from "../../model/doctor/finding.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { findProfiles, parseAwsFiles } from "../../model/profile/aws-profiles.ts";
import { ownedProfiles, sightingsOf, staticKeyOf } from "../../model/profile/long-term-keys.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { Keys } from "../../model/session/session.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Needs } from "../../ports.ts";
import { type ListedProfile, listProfiles } from "../profile/sync-profiles.ts";
import { askAws } from "../session/ask-aws.ts";

type ExamineNeeds = ExamineKeyNeeds & ExamineProfilesNeeds & Needs<"configurationFile">;

/** `online`: AWS is asked too. */
export async function examine(
  context: ExamineNeeds,
  how: { readonly online: boolean; readonly identity: string | undefined },
): Promise<readonly Finding[]> {
  const checked = await examineConfiguration(context);
  const { configuration } = checked;
  const findings = [...checked.findings];
  if (configuration !== undefined) {
    const names = [...configuration.identities.keys()];
    for (const name of names.filter(
      (each) => how.identity === undefined || each === how.identity,
    )) {
      findings.push(
        ...(await collect("key", () => examineKey(context, configuration, name, how.online))),
      );
    }
  }
  findings.push(...(await collect("profiles", () => examineProfiles(context, configuration))));
  findings.push(...(await collect("environment", () => examineEnvironment(context))));
  const clock = clockOf(context.state.read(clockName), context.now());
  const remark = clockRemark(clock);
  findings.push(
    remark === undefined ? good("clock", "as AWS's, as last seen") : note("clock", remark),
  );
  return findings;
}

interface ExaminedConfiguration {
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

async function examineConfiguration(
  context: Needs<"configurationFile" | "paths">,
): Promise<ExaminedConfiguration> {
  const area = "configuration";
  const path = context.paths.configuration;
  try {
    const { configuration, problems } = await (await context.configurationFile()).check();
    const findings = problems.map(({ line, column, message, hint }) =>
      wrong(area, `${path}:${line}:${column}: ${message}`, hint),
    );
    const remarks = (configuration?.remarks ?? []).map((remark) => note(area, remark));
    if (configuration === undefined) return { configuration, findings };
    return { configuration, findings: [good(area, path), ...remarks] };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    const isFirstDay =
      error.code === "CONFIGURATION_MISSING" && !/AWST_CONFIG/.test(error.hint ?? "");
    const hint = isFirstDay ? "awst init" : error.hint;
    return { configuration: undefined, findings: [wrong(area, error.message, hint)] };
  }
}

async function examineEnvironment(
  context: Needs<"awsFiles" | "env" | "stamp">,
): Promise<readonly Finding[]> {
  const known = findProfiles(parseAwsFiles(await (await context.awsFiles()).read()));
  const isProfile = (name: string) => known.some(({ names }) => names.includes(name));
  const isFile = (path: string) => context.stamp(path) !== undefined;
  return [...environmentFindings(context.env, isProfile), ...networkFindings(context.env, isFile)];
}

async function collect(
  area: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return [asFinding(area, error)];
  }
}

function asFinding(area: string, error: AwstError): Finding {
  return wrong(area, error.message, error.hint);
}

export type ExamineKeyNeeds = Needs<
  "env" | "paths" | "keychain" | "awsFiles" | "aws" | "state" | "now" | "say"
>;

/** Errors: FILE_UNREADABLE, FILE_MALFORMED of AWS's files. */
export async function examineKey(
  context: ExamineKeyNeeds,
  configuration: Configuration,
  name: string,
  online: boolean,
): Promise<readonly Finding[]> {
  const identity = findIdentity(configuration, name);
  const isDefault = name === configuration.defaultIdentity;
  const words = (...verb: string[]) =>
    commandLine(["awst", ...verb, ...(isDefault ? [] : ["--identity", name])]);
  const texts = await (await context.awsFiles()).read();
  const inProfile = staticKeyOf(texts, identity.awsProfile);
  const findings: Finding[] = [];

  const kept = await readKept(context, configuration, name);
  if (isAwstError(kept)) {
    findings.push(wrong("keychain", kept.message, kept.hint));
  } else if (kept.key !== undefined) {
    findings.push(good("keychain", `the ${kept.kind} one opens`));
    findings.push(good("key", `${name}: ${kept.key.accessKeyId}, in the keychain`));
    const others = sightingsOf(texts, kept.key.accessKeyId);
    for (const { file, line } of others) {
      const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
      findings.push(note("key", `${path}:${line} still shows ${kept.key.accessKeyId}`));
    }
    if (inProfile !== undefined && inProfile.accessKeyId !== kept.key.accessKeyId) {
      const message = `profile "${identity.awsProfile}" holds ${inProfile.accessKeyId}, the keychain ${kept.key.accessKeyId}`;
      findings.push(
        wrong("key", `${name}: ${message}; the keychain's is used`, words("key", "list")),
      );
    }
  } else if (inProfile !== undefined) {
    const where = `plain text in AWS profile "${identity.awsProfile}"`;
    findings.push(
      note("key", `${name}: ${inProfile.accessKeyId}, ${where}`, words("key", "import")),
    );
  } else {
    const nowhere = `none in the keychain, none in AWS profile "${identity.awsProfile}"`;
    findings.push(wrong("key", `${name}: ${nowhere}`, words("key", "add")));
  }
  const key = isAwstError(kept) ? inProfile : (kept.key ?? inProfile);
  if (!online || key === undefined) return findings;
  const { region } = callRegion(identity, configuration, context.env);
  return [...findings, await examineAtAws(context, name, key, region)];
}

async function readKept(context: ExamineKeyNeeds, configuration: Configuration, name: string) {
  try {
    const keychain = await context.keychain(configuration.keychainBackend);
    const key = decodeAccessKey(await keychain.read(keyItem(name)));
    return { key, kind: keychain.kind };
  } catch (error) {
    if (isAwstError(error)) return error;
    throw error;
  }
}

async function examineAtAws(
  context: ExamineKeyNeeds,
  name: string,
  key: Keys,
  region: string,
): Promise<Finding> {
  try {
    const { arn } = await askAws(context, key, region, (aws) => aws.getCallerIdentity());
    return good("aws", `${name}: ${key.accessKeyId} is ${arn}, asked in ${region}`);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    const { message, hint }: AwstError = error;
    return wrong("aws", `${name}: ${message}`, hint);
  }
}

export type ExamineProfilesNeeds = Parameters<typeof listProfiles>[0] & Needs<"awsFiles">;

const area = "profiles";

/** Errors: FILE_UNREADABLE, FILE_MALFORMED. */
export async function examineProfiles(
  context: ExamineProfilesNeeds,
  configuration: Configuration | undefined,
): Promise<readonly Finding[]> {
  const files = await context.awsFiles();
  const findings: Finding[] = [];
  if (await files.isOpenToOthers()) {
    const path = context.paths.awsCredentials;
    findings.push(wrong(area, `others on this machine can read ${path}`, `chmod 600 ${path}`));
  }
  for (const { name, call } of ownedProfiles(await files.read())) {
    const gone = call.program.find((word) => isPath(word) && context.stamp(word) === undefined);
    if (gone === undefined) continue;
    const message = `profile "${name}" calls ${gone}, which is gone`;
    findings.push(wrong(area, message, "awst profile sync"));
  }
  if (configuration === undefined) return findings;
  const listed = await listProfiles(context);
  for (const { name, file, why } of of(listed, "in the way")) {
    const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
    const hint = "rename that section, or change [write] profiles";
    findings.push(wrong(area, `${path} [${name}] stands in the way: ${why}`, hint));
  }
  for (const { name, why } of of(listed, "unwritable")) {
    findings.push(note(area, `${JSON.stringify(name)} gets no profile: ${why}`));
  }
  const missing = [...of(listed, "missing"), ...of(listed, "outdated")];
  if (missing.length > 0) {
    const names = missing.slice(0, 3).map(({ name }) => JSON.stringify(name));
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
    const hint = "awst profile sync";
    findings.push(
      note(area, `not written, or not as configured: ${names.join(", ")}${more}`, hint),
    );
  }
  const standing = [...of(listed, "good"), ...of(listed, "keys")].length;
  if (standing > 0) findings.push(good(area, `${standing} as they should be`));
  return findings;
}

function of(listed: readonly ListedProfile[], state: ListedProfile["state"]) {
  return listed.filter((each) => each.state === state);
}

function isPath(word: string): boolean {
  return /^(\/|[A-Za-z]:\/)/.test(word);
}
