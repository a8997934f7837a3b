// Checks one identity: its keychain opens, it has a key in the right partition, no work on its keys and devices is
// unfinished; with `online`, AWS accepts the key.

import { isRegion, partitionOf } from "../../model/aws/partition.ts";
import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { type Finding, note, ok, wrong } from "../../model/doctor/findings.ts";
import {
  deviceFindings,
  type PartitionEvidence,
  partitionFindings,
  partitionOfArn,
  rotationFindings,
} from "../../model/doctor/identity-findings.ts";
import { isAwstError, isFailure } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { keyElsewhere } from "../../model/keychain/key-elsewhere.ts";
import { mfaJournalFile } from "../../model/mfa/mfa-journal.ts";
import { readValue } from "../../model/profile/ini-document.ts";
import { keyProblemOf, occurrencesOf, staticKeyOf } from "../../model/profile/long-term-keys.ts";
import {
  type AwsFileTexts,
  indexProfiles,
  parseAwsFiles,
} from "../../model/profile/profile-sections.ts";
import { journalFile } from "../../model/rotation/rotation-journal.ts";
import { awsFactsFile, type UserFacts } from "../../model/session/aws-facts.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { Keys } from "../../model/session/session.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { importCommand, occurrenceText } from "../../output/key/key-report.ts";
import { locateProblem } from "../../output/profile/profile-report.ts";
import type { Context, Needs, OtherStore } from "../../ports.ts";
import { findBrokenFile } from "../session/open-identity-context.ts";

/** Errors: IDENTITY_UNKNOWN, FILE_*, USAGE for a variable with an invalid region. */
export async function checkIdentity(
  context: Context,
  configuration: Configuration,
  name: string,
  online: boolean,
): Promise<readonly Finding[]> {
  const identity = findIdentity(configuration, name);
  const isDefault = name === configuration.defaultIdentity;
  const texts = await (await context.awsFiles()).read();
  const inProfile = staticKeyOf(texts, identity.awsProfile);
  const stored = await readStoredKey(context, configuration, name);
  const isFileBroken = (await findBrokenFile(context)) !== undefined;
  const findings = isAwstError(stored)
    ? [wrong("keychain", stored.message, stored.hint)]
    : keyFindings(context, { identity, isDefault, texts, inProfile, stored, isFileBroken });

  const key = isAwstError(stored) ? inProfile : (stored.key ?? inProfile);
  const { now, awsNow } = context.clock();
  const user = key && context.state.read(awsFactsFile).users[key.accessKeyId];
  const { region } = callRegion(identity, configuration, context.env);
  const evidence = partitionEvidence(identity, texts, user);
  const journal = user && context.state.read(mfaJournalFile(name, user.userName));
  findings.push(
    ...partitionFindings({ identity, configuration }, region, evidence),
    ...deviceFindings(identity, isDefault, user, journal),
    ...rotationFindings(identity, isDefault, context.state.read(journalFile(name)), awsNow ?? now),
  );
  if (!online || key === undefined) return findings;
  return [...findings, await checkKeyAtAws(context, name, key, region)];
}

async function readStoredKey(context: Context, configuration: Configuration, name: string) {
  try {
    const keychain = await context.keychain(configuration.keychainBackend);
    const key = decodeAccessKey(await keychain.read(keyItem(name)));
    const other = key === undefined ? await keychain.findElsewhere(keyItem(name)) : undefined;
    return { key, kind: keychain.kind, other };
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
}

interface KeyLocations {
  readonly identity: Identity;
  readonly isDefault: boolean;
  readonly texts: AwsFileTexts;
  readonly inProfile: { readonly accessKeyId: string } | undefined;
  /** Another finding says how. */
  readonly isFileBroken: boolean;
  readonly stored: {
    readonly key: { readonly accessKeyId: string } | undefined;
    readonly kind: string | undefined;
    readonly other: OtherStore | undefined;
  };
}

function keyFindings(
  context: Needs<"paths">,
  { identity, isDefault, texts, inProfile, stored, isFileBroken }: KeyLocations,
): Finding[] {
  const { name, awsProfile } = identity;
  const keyCommand = (command: string) =>
    commandLine(["awst", "key", command, ...(isDefault ? [] : ["--identity", name])]);
  if (stored.key === undefined) {
    const problem = keyProblemOf(texts, awsProfile);
    if (problem !== undefined) {
      const hint = `in line ${problem.line}: ${problem.hint}`;
      return [wrong("key", `${name}: ${locateProblem(problem, context.paths)}`, hint)];
    }
    if (inProfile === undefined && stored.other !== undefined) {
      const { message, hint } = keyElsewhere(name, stored.other);
      return [wrong("key", message, hint)];
    }
    if (inProfile === undefined && isFileBroken) {
      const where = `no key in the keychain, and the file of AWS profile "${awsProfile}" can't be read`;
      return [note("key", `${name}: ${where}`)];
    }
    if (inProfile === undefined) {
      const where = `no key in the keychain or in AWS profile "${awsProfile}"`;
      return [wrong("key", `${name}: ${where}`, keyCommand("add"))];
    }
    const where = `plain text in AWS profile "${awsProfile}"`;
    return [wrong("key", `${name}: ${inProfile.accessKeyId}, ${where}`, keyCommand("import"))];
  }
  const { accessKeyId } = stored.key;
  const findings = [
    ok("keychain", `opened (${stored.kind})`),
    ok("key", `${name}: ${accessKeyId}, in the keychain`),
  ];
  for (const each of occurrencesOf(texts, accessKeyId)) {
    const path = each.file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
    const text = occurrenceText({ ...each, path }, accessKeyId);
    const message = each.profile === undefined ? text : `${text}; a rotation ends its use there`;
    const hint = each.profile === undefined ? undefined : importCommand(each.profile, name);
    findings.push(note("key", message, hint));
  }
  if (inProfile !== undefined && inProfile.accessKeyId !== accessKeyId) {
    const message = `awst uses ${accessKeyId} from the keychain; profile "${awsProfile}" holds ${inProfile.accessKeyId}`;
    findings.push(wrong("key", `${name}: ${message}`, keyCommand("list")));
  }
  return findings;
}

function partitionEvidence(
  { device, awsProfile }: Identity,
  texts: AwsFileTexts,
  user: UserFacts | undefined,
): readonly PartitionEvidence[] {
  const sections = indexProfiles(parseAwsFiles(texts)).named(awsProfile);
  const read = (key: string) =>
    sections.map(({ section }) => readValue(section, key)).find((value) => value !== undefined);
  const region = read("region") ?? "";
  const candidates = [
    { where: "[mfa] device", partition: partitionOfArn(device) },
    { where: "the user's MFA device", partition: partitionOfArn(user?.devices[0]) },
    {
      where: `mfa_serial in profile "${awsProfile}"`,
      partition: partitionOfArn(read("mfa_serial")),
    },
    {
      where: `the region in profile "${awsProfile}"`,
      partition: isRegion(region) ? partitionOf(region).name : undefined,
    },
  ];
  return candidates.flatMap(({ where, partition }) =>
    partition === undefined ? [] : [{ where, partition }],
  );
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
    if (!isFailure(error)) throw error;
    return wrong("aws", `${name}: ${error.message}`, error.hint);
  }
}
