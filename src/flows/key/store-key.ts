// `key add` and `key import`: stores a long-term key in the keychain. The key is stored beside the one in use,
// read back and verified at AWS before it replaces that one. A kill at any point loses neither key.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError, isFailure } from "../../model/errors.ts";
import { decodeAccessKey, encodeAccessKey } from "../../model/key/access-key.ts";
import {
  checkKey,
  checkKeyId,
  checkTypedKey,
  type GivenKey,
  parseKeyText,
} from "../../model/key/parse-key-text.ts";
import { keyItem, pendingKeyItem, previousKeyItem } from "../../model/keychain/items.ts";
import { temporaryFolderOf } from "../../model/keychain/temporary-folder.ts";
import { ownedProfiles } from "../../model/profile/aws-profiles.ts";
import {
  type KeyOccurrence,
  replaceKeyByProcess,
  staticKeyOf,
} from "../../model/profile/long-term-keys.ts";
import { writeProcessLine } from "../../model/profile/process-line.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { StoredKey } from "../../output/key/key-report.ts";
import type { Context, Needs } from "../../ports.ts";
import { askUntilValid } from "../session/ask-until-valid.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { refuseBrokenFiles, refuseMisreadKey } from "../session/open-identity-context.ts";

/** `csv`: a file's path; undefined: stdin if it is piped, else a prompt. Errors: KEY_NEEDED without a
 *  terminal, FILE_*, USAGE, and those of `storeKey`. */
export async function addKey(
  context: Context,
  options: { readonly identity: string | undefined; readonly csv: string | undefined },
): Promise<StoredKey> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, options.identity);
  const key = await readGivenKey(context, identity.name, options.csv);
  return storeKey(context, configuration, identity, key, "key add");
}

async function readGivenKey(
  context: Context,
  identity: string,
  csv: string | undefined,
): Promise<GivenKey> {
  if (csv !== undefined) return parseKeyText(await context.readText(csv), csv);
  const input = await context.readText("-");
  if (input.trim() !== "") return parseKeyText(input, "stdin");
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("KEY_NEEDED", "no access key on stdin and no terminal to prompt for one", {
      hint: "awst key add --csv FILE, or two lines on stdin: the key id and its secret",
    });
  }
  // The id is not a secret, and is easily mistyped: it is shown.
  const text = `access key id of ${identity} (AKIA…)`;
  const id = await askUntilValid(context, () => terminal.askText({ text }), checkKeyId);
  const askSecret = () => terminal.askSecret({ text: "its secret access key" });
  return askUntilValid(context, askSecret, (secret) => checkTypedKey(id, secret));
}

/** `command`: for processes that wait. Errors: AWS_* when AWS rejects the key or can't be reached;
 *  KEYCHAIN_*; USAGE for a key of another account. */
async function storeKey(
  context: Context,
  configuration: Configuration,
  identity: Identity,
  key: GivenKey,
  command: string,
): Promise<StoredKey> {
  const { name } = identity;
  const { accessKeyId } = key;
  const keychain = await context.keychain(configuration.keychainBackend);
  const item = keyItem(name);
  const pending = pendingKeyItem(name);
  const locks = await context.locks();
  await using _lock = await locks.acquire(`key-${name}`, { owner: command });
  const before = decodeAccessKey(await keychain.read(item));
  const wasThere = before !== undefined && isSameKey(before, key);
  try {
    if (!wasThere) await keychain.write(pending, encodeAccessKey(key));
    const { arn, accountId } = await verifyOwner(context, configuration, identity, key);
    if (!wasThere) {
      try {
        await keychain.write(item, encodeAccessKey(key));
      } catch (error) {
        if (before) await keychain.write(item, encodeAccessKey(before)).catch(() => {});
        throw error;
      }
      context.state.record("key-stored", { identity: name, accessKeyId, arn });
    }
    await context.state.update(cachedKeyIdsFile, (ids) => ({ ...ids, [name]: { accessKeyId } }));
    return {
      identity: name,
      accessKeyId,
      arn,
      accountId,
      keychain: keychain.kind ?? "file",
      replacedKeyId: before?.accessKeyId === accessKeyId ? undefined : before?.accessKeyId,
      wasThere,
    };
  } finally {
    // A copy that stays is overwritten by the next key.
    await keychain.remove(pending).catch(() => {});
  }
}

/** Calls AWS with the key. Errors: AWS_*; USAGE for a key of a root user or of another account. */
async function verifyOwner(
  context: Context,
  configuration: Configuration,
  identity: Identity,
  key: GivenKey,
): Promise<{ readonly arn: string; readonly accountId: string }> {
  const { region } = callRegion(identity, configuration, context.env);
  const aws = await context.aws(key, region);
  const { arn, accountId } = await aws.getCallerIdentity();
  if (!/^arn:[^:]+:iam::\d{12}:user\//.test(arn)) {
    throw new AwstError("USAGE", `${key.accessKeyId} belongs to ${arn}, not to an IAM user`, {
      hint: "create a key for an IAM user: the root user can't assume roles",
    });
  }
  if (identity.accountId !== undefined && identity.accountId !== accountId) {
    const owner = `${key.accessKeyId} belongs to account ${accountId}`;
    throw new AwstError("USAGE", `${owner}, identity "${identity.name}" to ${identity.accountId}`, {
      hint: "choose the identity of this key: --identity NAME",
    });
  }
  return { arn, accountId };
}

function isSameKey(one: GivenKey | undefined, other: GivenKey): boolean {
  const hasSameId = one?.accessKeyId === other.accessKeyId;
  return hasSameId && one.secretAccessKey.equals(other.secretAccessKey);
}

export interface ImportedKey {
  readonly profile: string;
  /** undefined: there was nothing to import, since the profile calls awst already, or had a key that was replaced. */
  readonly stored: StoredKey | undefined;
  /** The key of the profile, which the last rotation replaced. */
  readonly formerKeyId?: string;
  /** Lines of AWS's files that still contain the key's id. */
  readonly sameKeyElsewhere: readonly KeyOccurrence[];
  /** Of the key's identity; 0: no automatic rotation. */
  readonly keyRotationIntervalMinutes: number;
}

/** Moves the key of an AWS profile to the keychain; the profile then calls awst. Errors: KEY_MISSING,
 *  PROFILE_CONFLICT (nothing changed), FILE_*, and those of `storeKey`. */
export async function importKey(
  context: Context,
  options: { readonly identity: string | undefined; readonly profile: string | undefined },
): Promise<ImportedKey> {
  const configuration = await loadConfiguration(context);
  const identity = identityOf(configuration, options.identity, options.profile);
  const profile = options.profile ?? identity.awsProfile;
  const { keyRotationIntervalMinutes, mfaSessionProfile } = identity;
  const files = await context.awsFiles();
  const texts = await files.read();
  refuseMisreadKey(context, texts, profile);
  const found = staticKeyOf(texts, profile);
  if (found === undefined) {
    if ([...ownedProfiles(texts)].some(({ name }) => name === profile)) {
      return { profile, stored: undefined, sameKeyElsewhere: [], keyRotationIntervalMinutes };
    }
    await refuseBrokenFiles(context, `AWS profile "${profile}" has no access key`);
    throw new AwstError("KEY_MISSING", `AWS profile "${profile}" has no long-term access key`, {
      hint: "awst key add",
    });
  }
  const key = checkKey(found);
  const line = await processLine(context, identity.name);
  refuseUnlessReplaceable(replaceKeyByProcess(texts, profile, line, mfaSessionProfile).why);

  await refuseTemporaryStore(context, configuration);
  const isFormer = await isReplacedKey(context, configuration, identity, key);
  const stored = isFormer
    ? undefined
    : await storeKey(context, configuration, identity, key, "key import");
  // The store may have been chosen by the write.
  await refuseTemporaryStore(context, configuration);
  const editing = files.edit((now) => {
    if (!isSameKey(staticKeyOf(now, profile), key)) {
      throw new AwstError("FILE_MALFORMED", `profile "${profile}" changed during the import`, {
        hint: "awst key import",
      });
    }
    const replaced = replaceKeyByProcess(now, profile, line, mfaSessionProfile);
    refuseUnlessReplaceable(replaced.why);
    return { texts: replaced.texts, result: replaced.sameKeyElsewhere };
  });
  const sameKeyElsewhere = await editing.catch((error: unknown) => {
    if (!isFailure(error)) throw error;
    const where = isFormer ? "was replaced by a rotation" : "is in the keychain";
    const done = `${key.accessKeyId} ${where}, and profile "${profile}" still contains it`;
    const hint = error.hint ?? "awst key import";
    throw new AwstError(error.code, `${done}: ${error.message}`, { hint, cause: error });
  });
  const { accessKeyId } = key;
  context.state.record("key-taken-out-of-profile", {
    identity: identity.name,
    accessKeyId,
    profile,
  });
  const former = isFormer ? { formerKeyId: accessKeyId } : {};
  return { profile, stored, ...former, sameKeyElsewhere, keyRotationIntervalMinutes };
}

/** Throws KEYCHAIN_REFUSED where the only copy of a key would be in a folder that the system empties. */
export async function refuseTemporaryStore(
  context: Needs<"env" | "paths" | "keychain">,
  configuration: Configuration,
): Promise<void> {
  const { env, paths } = context;
  const { kind } = await context.keychain(configuration.keychainBackend);
  const { home, sharedState } = paths;
  const folder = temporaryFolderOf(sharedState, { home, env, platform: process.platform });
  if (kind !== "file" || folder === undefined) return;
  const message = `the sealed keychain is in ${sharedState}, and ${folder} is temporary: the only copy of the key would be lost with it`;
  throw new AwstError("KEYCHAIN_REFUSED", message, { hint: "unset XDG_STATE_HOME" });
}

/**
 * Whether the last rotation replaced this key, by the copy in the keychain that `--undo` restores, and AWS accepts the key
 * that awst uses instead: only then the profile may lose its own. Errors: KEYCHAIN_*, and those of `verifyOwner` except
 * AWS_KEY_REJECTED, after which the profile's key is imported as any other.
 */
async function isReplacedKey(
  context: Context,
  configuration: Configuration,
  identity: Identity,
  key: GivenKey,
): Promise<boolean> {
  const keychain = await context.keychain(configuration.keychainBackend);
  const previous = decodeAccessKey(await keychain.read(previousKeyItem(identity.name)));
  if (previous === undefined || !isSameKey(previous, key)) return false;
  const current = decodeAccessKey(await keychain.read(keyItem(identity.name)));
  if (current === undefined || isSameKey(current, key)) return false;
  try {
    await verifyOwner(context, configuration, identity, current);
    return true;
  } catch (error) {
    if (!isAwstError(error, "AWS_KEY_REJECTED")) throw error;
    return false;
  }
}

/** Returns the requested identity, else the identity with this profile, else the default one. */
function identityOf(
  configuration: Configuration,
  requested: string | undefined,
  profile: string | undefined,
): Identity {
  const all = [...configuration.identities.values()];
  const owner = all.find((each) => each.awsProfile === profile);
  const isByProfile = requested === undefined && owner !== undefined;
  return isByProfile ? owner : findIdentity(configuration, requested);
}

async function processLine(context: Context, identity: string): Promise<string> {
  const { configuration, configurationIsNamed } = context.paths;
  const config = configurationIsNamed ? ["--config", configuration] : [];
  const program = (await context.stableProgram("write")).line;
  const command = [...program, "credential-process", ...config, "--identity", identity];
  const { line, why } = writeProcessLine(command);
  if (line !== undefined) return line;
  throw new AwstError("PROFILE_CONFLICT", `can't write a credential_process line: ${why}`);
}

function refuseUnlessReplaceable(why: string | undefined): void {
  if (why === undefined) return;
  throw new AwstError("PROFILE_CONFLICT", `can't remove the key from the file: ${why}`, {
    hint: "repair that section and try again, or: awst key add",
  });
}
