// `doctor` on one identity: its keychain opens, a key is there, and, where AWS is asked, it is taken.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-identity.ts";
import { type Finding, good, note, wrong } from "../../model/doctor/finding.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { sightingsOf, staticKeyOf } from "../../model/profile/profile-sections.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { Keys } from "../../model/session/session.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "../session/ask-aws.ts";

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
