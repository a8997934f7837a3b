// Opens an identity: finds its long-term key, its keychain, and the region that its calls go to.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import type { Finding } from "../../model/doctor/findings.ts";
import { findPathProblem } from "../../model/doctor/path-findings.ts";
import { AwstError, isFailure } from "../../model/errors.ts";
import { type AccessKey, decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { keyElsewhere } from "../../model/keychain/key-elsewhere.ts";
import { keyProblemOf, staticKeyOf } from "../../model/profile/long-term-keys.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { type CachedKeyId, cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import { environmentHash } from "../../model/session/session-scope.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { locateProblem } from "../../output/profile/profile-report.ts";
import type { Keychain, Lock, Needs } from "../../ports.ts";
import { loadAndCacheConfiguration } from "./load-configuration.ts";

export interface IdentityContext {
  readonly configuration: Configuration;
  readonly configurationFingerprint: string;
  readonly identity: Identity;
  readonly key: AccessKey;
  readonly keychain: Keychain;
  readonly region: string;
  /** Hash of the endpoints and the region: a session belongs to them. */
  readonly environment: string;
}

export type IdentityNeeds = Needs<
  | "configurationFile"
  | "env"
  | "state"
  | "fileFingerprint"
  | "paths"
  | "say"
  | "keychain"
  | "awsFiles"
  | "pathInspector"
>;

/** `name` undefined: the default identity. Errors: CONFIGURATION_*, IDENTITY_UNKNOWN, KEY_MISSING,
 *  KEYCHAIN_*, FILE_UNREADABLE. */
export async function openIdentity(
  context: IdentityNeeds,
  name: string | undefined,
): Promise<IdentityContext> {
  const loaded = await loadAndCacheConfiguration(context);
  const identity = findIdentity(loaded.configuration, name);
  const { region } = callRegion(identity, loaded.configuration, context.env);
  return openIdentityContext(context, loaded, identity, region);
}

/** Errors: KEY_MISSING, KEYCHAIN_*, FILE_UNREADABLE. */
export async function openIdentityContext(
  context: Omit<IdentityNeeds, "configurationFile">,
  loaded: { readonly configuration: Configuration; readonly fingerprint: string },
  identity: Identity,
  region: string,
): Promise<IdentityContext> {
  const { configuration } = loaded;
  const keychain = await context.keychain(configuration.keychainBackend);
  const isDefault = identity.name === configuration.defaultIdentity;
  const key = await findKey(context, keychain, identity, isDefault);
  const environment = environmentHash(context.env, region);
  const configurationFingerprint = loaded.fingerprint;
  return { configuration, configurationFingerprint, identity, key, keychain, region, environment };
}

/** Returns the same with the key that the keychain has under the lock. A rotation records the new key's id,
 *  so the keychain is read only after a wait or when that id has changed. Errors: KEYCHAIN_*. */
export async function withCurrentKey(
  context: Needs<"state">,
  identityContext: IdentityContext,
  lock: Lock,
): Promise<IdentityContext> {
  const { identity, key, keychain } = identityContext;
  if (key.source !== "keychain") return identityContext;
  const recorded = context.state.read(cachedKeyIdsFile)[identity.name]?.accessKeyId;
  if (lock.waitedSince === undefined && recorded === key.accessKeyId) return identityContext;
  const current = decodeAccessKey(await keychain.read(keyItem(identity.name)));
  if (current === undefined || current.accessKeyId === key.accessKeyId) return identityContext;
  await recordKeyId(context, identity.name, { accessKeyId: current.accessKeyId });
  return { ...identityContext, key: current };
}

/** Returns the key in the keychain, or else the static key of the profile. */
async function findKey(
  context: Omit<IdentityNeeds, "configurationFile">,
  keychain: Keychain,
  identity: Identity,
  isDefault: boolean,
): Promise<AccessKey> {
  const credentialsFingerprint = context.fileFingerprint(context.paths.awsCredentials) ?? "";
  const stored = decodeAccessKey(await keychain.read(keyItem(identity.name)));
  const reading = readProfileKey(context, identity.awsProfile);
  if (stored !== undefined) {
    const inProfile = await reading.catch(undefinedUnlessBug);
    if (inProfile && inProfile.accessKeyId !== stored.accessKeyId) {
      context.say(
        `warning: using ${stored.accessKeyId} from the keychain; profile "${identity.awsProfile}" has another key, ${inProfile.accessKeyId}`,
      );
    }
    await recordKeyId(context, identity.name, { accessKeyId: stored.accessKeyId });
    return stored;
  }
  const inProfile = await reading;
  if (inProfile !== undefined) {
    const { accessKeyId } = inProfile;
    await recordKeyId(context, identity.name, {
      accessKeyId,
      credentialsStamp: credentialsFingerprint,
    });
    return { ...inProfile, source: "profile" };
  }
  const { name, awsProfile } = identity;
  await refuseKeyElsewhere(keychain, name);
  await refuseBrokenFiles(context, `no access key for "${name}"`);
  const message = `no access key for "${name}": neither the keychain nor AWS profile "${awsProfile}" has one`;
  const { itemPrefix, configuration } = context.paths;
  const config = itemPrefix === "" ? [] : ["--config", configuration];
  const add = ["awst", "key", "add", ...(isDefault ? [] : ["--identity", name]), ...config];
  const share = ["awst", "config", "trust", "--keys", ...config];
  throw new AwstError("KEY_MISSING", message, {
    hint:
      itemPrefix === ""
        ? commandLine(add)
        : `${commandLine(add)}, or to use the keys of the default configuration: ${commandLine(share)}`,
  });
}

/** A key in another store is not missing: adding one again would make two. Errors: KEY_MISSING; KEYCHAIN_* where the
 *  other store can't be read. */
export async function refuseKeyElsewhere(keychain: Keychain, name: string): Promise<void> {
  const other = await keychain.findElsewhere(keyItem(name));
  if (other !== undefined) throw keyElsewhere(name, other);
}

/** Errors: FILE_MALFORMED for a key that AWS's tools would misread. */
export async function readProfileKey(context: Needs<"awsFiles" | "paths">, profile: string) {
  const texts = await (await context.awsFiles()).read();
  refuseMisreadKey(context, texts, profile);
  return staticKeyOf(texts, profile);
}

/**
 * Refuses a key in a profile that AWS's tools would misread, such as one with a character that can't be seen: AWS
 * would only answer that it does not know the key. Errors: FILE_MALFORMED, with the line and what to change.
 */
export function refuseMisreadKey(
  context: Needs<"paths">,
  texts: AwsFileTexts,
  profile: string,
): void {
  const problem = keyProblemOf(texts, profile);
  if (problem === undefined) return;
  throw new AwstError("FILE_MALFORMED", locateProblem(problem, context.paths), {
    hint: `in line ${problem.line}: ${problem.hint}`,
  });
}

/** Where no key was found: names what keeps awst from AWS's files, such as a broken link. Errors: KEY_MISSING. */
export async function refuseBrokenFiles(
  context: Needs<"paths" | "pathInspector">,
  what: string,
): Promise<void> {
  const broken = await findBrokenFile(context);
  if (broken === undefined) return;
  throw new AwstError("KEY_MISSING", `${what}: ${broken.message}`, {
    hint: broken.hint ?? undefined,
  });
}

/** Returns what is wrong with a file of AWS that can't be read. */
export async function findBrokenFile(
  context: Needs<"paths" | "pathInspector">,
): Promise<Finding | undefined> {
  const inspector = await context.pathInspector();
  const { awsCredentials, awsConfig } = context.paths;
  for (const [path, file] of [
    [awsCredentials, "AWS's credentials file"],
    [awsConfig, "AWS's config file"],
  ] as const) {
    const use = { what: file, kind: "file", isWritten: false, elsewhere: "awst key add" } as const;
    const problem = findPathProblem(inspector.inspect(path), use, inspector.isRoot);
    if (problem?.state === "wrong") return problem;
  }
  return undefined;
}

/** Unreadable AWS files don't matter when the key is in the keychain. */
function undefinedUnlessBug(error: unknown): undefined {
  if (!isFailure(error)) throw error;
}

async function recordKeyId(
  context: Needs<"state">,
  identity: string,
  entry: CachedKeyId,
): Promise<void> {
  const isKnown = (entries: Readonly<Record<string, CachedKeyId>>) =>
    JSON.stringify(entries[identity]) === JSON.stringify(entry);
  if (isKnown(context.state.read(cachedKeyIdsFile))) return;
  await context.state.update(cachedKeyIdsFile, (entries) =>
    isKnown(entries) ? undefined : { ...entries, [identity]: entry },
  );
}
