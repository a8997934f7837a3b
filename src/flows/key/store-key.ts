// Puts a long-term key into the keychain: stored aside, read back, proved at AWS, and only then in its
// place. Until that moment the key that was there is untouched; a kill anywhere loses neither.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError } from "../../model/errors.ts";
import { decodeAccessKey, encodeAccessKey } from "../../model/key/access-key.ts";
import {
  checkKey,
  checkTypedKey,
  type GivenKey,
  parseKeyText,
} from "../../model/key/parse-key-text.ts";
import { keyItem, pendingKeyItem } from "../../model/keychain/items.ts";
import { ownedProfiles } from "../../model/profile/aws-profiles.ts";
import {
  type KeyOccurrence,
  replaceKeyByProcess,
  staticKeyOf,
} from "../../model/profile/long-term-keys.ts";
import { writeProcessLine } from "../../model/profile/process-line.ts";
import { cachedKeyIdsName, decodeCachedKeyIds } from "../../model/session/config-cache.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { writeVerified } from "../session/stored-seed.ts";
export type StoreNeeds = Needs<
  "env" | "state" | "now" | "say" | "keychain" | "locks" | "aws" | "processId"
>;

export interface StoredKey {
  readonly identity: string;
  readonly accessKeyId: string;
  /** Whose key it is, as AWS says. */
  readonly arn: string;
  readonly accountId: string;
  readonly keychain: "system" | "file";
  /** Id of another key that was there before. */
  readonly replacedKeyId: string | undefined;
  readonly wasThere: boolean;
}

/** Errors: AWS_* (the key is not taken, or AWS not reached), KEYCHAIN_*, USAGE for another account's key. */
export async function storeKey(
  context: StoreNeeds,
  configuration: Configuration,
  identity: Identity,
  key: GivenKey,
  command: string,
): Promise<StoredKey> {
  const keychain = await context.keychain(configuration.keychainBackend);
  const item = keyItem(identity.name);
  const pending = pendingKeyItem(identity.name);
  const how = {
    holder: `${command} (pid ${context.processId})`,
    onWait: (holder: string | undefined) => context.say(`waiting for ${holder ?? "another awst"}`),
  };
  return (await context.locks()).hold(`key-${identity.name}`, how, async () => {
    const before = decodeAccessKey(await keychain.read(item));
    const wasThere = before !== undefined && isSame(before, key);
    try {
      if (!wasThere) await writeVerified(context, configuration, pending, encodeAccessKey(key));
      const { arn, accountId } = await prove(context, configuration, identity, key);
      if (!wasThere) {
        await putInPlace(context, configuration, item, key, before);
        const { accessKeyId } = key;
        context.state.record("key-stored", { identity: identity.name, accessKeyId, arn });
      }
      await noteKey(context, identity.name, key.accessKeyId);
      return {
        identity: identity.name,
        accessKeyId: key.accessKeyId,
        arn,
        accountId,
        keychain: keychain.kind ?? "file",
        replacedKeyId: before?.accessKeyId === key.accessKeyId ? undefined : before?.accessKeyId,
        wasThere,
      };
    } finally {
      // One that stays behind is a copy, and the next key takes its place.
      await keychain.remove(pending).catch(() => {});
    }
  });
}

async function putInPlace(
  context: StoreNeeds,
  configuration: Configuration,
  item: string,
  key: GivenKey,
  before: GivenKey | undefined,
): Promise<void> {
  try {
    await writeVerified(context, configuration, item, encodeAccessKey(key));
  } catch (error) {
    const keychain = await context.keychain(configuration.keychainBackend);
    if (before !== undefined) await keychain.write(item, encodeAccessKey(before)).catch(() => {});
    throw error;
  }
}

async function prove(
  context: StoreNeeds,
  configuration: Configuration,
  identity: Identity,
  key: GivenKey,
): Promise<{ readonly arn: string; readonly accountId: string }> {
  const { region } = callRegion(identity, configuration, context.env);
  const identityContext = await (await context.aws(key, region)).getCallerIdentity();
  const { arn, accountId } = identityContext;
  if (!/^arn:[^:]+:iam::\d{12}:user\//.test(arn)) {
    throw new AwstError("USAGE", `${key.accessKeyId} belongs to ${arn}, which is no IAM user`, {
      hint: "make a key for an IAM user: the root user can't assume roles",
    });
  }
  if (identity.accountId !== undefined && identity.accountId !== accountId) {
    const whose = `${key.accessKeyId} belongs to account ${accountId}`;
    throw new AwstError("USAGE", `${whose}, identity "${identity.name}" to ${identity.accountId}`, {
      hint: "name the identity it is for: --identity NAME",
    });
  }
  return identityContext;
}

async function noteKey(context: StoreNeeds, identity: string, accessKeyId: string): Promise<void> {
  await context.state.update(cachedKeyIdsName, (old) => {
    return { ...decodeCachedKeyIds(old), [identity]: { accessKeyId } };
  });
}

function isSame(one: GivenKey, other: GivenKey): boolean {
  const isId = one.accessKeyId === other.accessKeyId;
  return isId && one.secretAccessKey.equals(other.secretAccessKey);
}

type AddNeeds = StoreNeeds & Needs<"configurationFile" | "readText" | "terminal">;

/** `csv`: a file's path; absent: stdin where it is piped, else a person. Errors: KEY_NEEDED with nobody
 *  to ask, FILE_*, USAGE, and those of `storeKey`. */
export async function addKey(
  context: AddNeeds,
  wanted: { readonly identity: string | undefined; readonly csv: string | undefined },
): Promise<StoredKey> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, wanted.identity);
  const key = await obtainKey(context, identity.name, wanted.csv);
  return storeKey(context, configuration, identity, key, "key add");
}

async function obtainKey(
  context: AddNeeds,
  identity: string,
  csv: string | undefined,
): Promise<GivenKey> {
  if (csv !== undefined) return parseKeyText(await context.readText(csv), csv);
  const input = await context.readText("-");
  if (input.trim() !== "") return parseKeyText(input, "the input");
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("KEY_NEEDED", "no access key was given, and there is nobody to ask", {
      hint: "awst key add --csv FILE, or two lines on stdin: the key id and its secret",
    });
  }
  const id = await terminal.askSecret({ text: `access key id of ${identity} (AKIA…)` });
  const secret = await terminal.askSecret({ text: "its secret access key" });
  return checkTypedKey(id, secret);
}

export type ImportNeeds = StoreNeeds &
  Needs<"configurationFile" | "awsFiles" | "paths" | "program">;

export interface ImportedKey {
  readonly profile: string;
  /** undefined when the profile called awst already: nothing was left to do. */
  readonly stored: StoredKey | undefined;
  /** Lines of AWS's files that still show the key's id. */
  readonly sameKeyElsewhere: readonly KeyOccurrence[];
  /** Of the identity whose key it is; 0: never by itself. */
  readonly keyRotationIntervalMinutes: number;
}

/** Errors: KEY_MISSING, PROFILE_CONFLICT (nothing begun), FILE_*, and those of `storeKey`. */
export async function importKey(
  context: ImportNeeds,
  wanted: { readonly identity: string | undefined; readonly profile: string | undefined },
): Promise<ImportedKey> {
  const configuration = await loadConfiguration(context);
  const identity = identityOf(configuration, wanted.identity, wanted.profile);
  const profile = wanted.profile ?? identity.awsProfile;
  const { keyRotationIntervalMinutes } = identity;
  const leftover = identity.mfaSessionProfile;
  const files = await context.awsFiles();
  const texts = await files.read();
  const found = staticKeyOf(texts, profile);
  if (found === undefined) {
    const isOurs = ownedProfiles(texts).some(({ name }) => name === profile);
    if (isOurs) {
      return { profile, stored: undefined, sameKeyElsewhere: [], keyRotationIntervalMinutes };
    }
    throw new AwstError("KEY_MISSING", `AWS profile "${profile}" holds no long-term access key`, {
      hint: "awst key add",
    });
  }
  const key = checkKey(found);
  const line = lineFor(context, identity.name);
  refuseUnlessReplaceable(replaceKeyByProcess(texts, profile, line, leftover).why);

  const stored = await storeKey(context, configuration, identity, key, "key import");
  const sameKeyElsewhere = await files.edit((now) => {
    if (!isStillThere(staticKeyOf(now, profile), key)) throw changedMeanwhile(profile);
    const replaced = replaceKeyByProcess(now, profile, line, leftover);
    refuseUnlessReplaceable(replaced.why);
    return { texts: replaced.texts, result: replaced.sameKeyElsewhere };
  });
  const { accessKeyId } = key;
  context.state.record("key-taken-out-of-profile", {
    identity: identity.name,
    accessKeyId,
    profile,
  });
  return { profile, stored, sameKeyElsewhere, keyRotationIntervalMinutes };
}

/** The one asked for; else the one whose profile it is; else the default one. */
function identityOf(
  configuration: Configuration,
  asked: string | undefined,
  profile: string | undefined,
): Identity {
  const all = [...configuration.identities.values()];
  const owner = all.find((each) => each.awsProfile === profile);
  return asked === undefined && owner !== undefined ? owner : findIdentity(configuration, asked);
}

function lineFor(context: ImportNeeds, identity: string): string {
  const { configuration, configurationIsNamed } = context.paths;
  const named = configurationIsNamed ? ["--config", configuration] : [];
  const words = [...context.program, "credential-process", ...named, "--identity", identity];
  const { line, why } = writeProcessLine(words);
  if (line !== undefined) return line;
  throw new AwstError("PROFILE_CONFLICT", `no credential_process line can be written: ${why}`);
}

function refuseUnlessReplaceable(why: string | undefined): void {
  if (why === undefined) return;
  throw new AwstError("PROFILE_CONFLICT", `the key can't be taken out of the file: ${why}`, {
    hint: "mend that section and try again, or: awst key add",
  });
}

function isStillThere(now: GivenKey | undefined, key: GivenKey): boolean {
  return now?.accessKeyId === key.accessKeyId && now.secretAccessKey.equals(key.secretAccessKey);
}

function changedMeanwhile(profile: string): AwstError {
  return new AwstError("FILE_MALFORMED", `profile "${profile}" was changed while it was imported`, {
    hint: "awst key import",
  });
}
