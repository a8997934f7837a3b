// Who asks AWS on behalf of an identity: its long-term key, found, and the place its calls go to.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { type AccessKey, decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { staticKeyOf } from "../../model/profile/long-term-keys.ts";
import {
  type CachedKeyId,
  cachedKeyIdsName,
  decodeCachedKeyIds,
} from "../../model/session/config-cache.ts";
import { environmentHash } from "../../model/session/environment-hash.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Keychain, Needs } from "../../ports.ts";
import { loadAndCacheConfiguration } from "./load-configuration.ts";

export interface IdentityContext {
  readonly configuration: Configuration;
  readonly configurationStamp: string;
  readonly identity: Identity;
  readonly key: AccessKey;
  readonly keychain: Keychain;
  readonly region: string;
  /** Hash of the endpoints and the region in force: a session belongs to them. */
  readonly environment: string;
}

/** Errors: KEY_MISSING, KEYCHAIN_*, FILE_UNREADABLE. */
export async function openIdentityContext(
  context: Needs<"env" | "state" | "fileFingerprint" | "paths" | "say" | "keychain" | "awsFiles">,
  loaded: { readonly configuration: Configuration; readonly fingerprint: string },
  identity: Identity,
  region: string,
): Promise<IdentityContext> {
  const { configuration } = loaded;
  const keychain = await context.keychain(configuration.keychainBackend);
  const isDefault = identity.name === configuration.defaultIdentity;
  const key = await findKey(context, keychain, identity, isDefault);
  const environment = environmentHash(context.env, region);
  const configurationStamp = loaded.fingerprint;
  return { configuration, configurationStamp, identity, key, keychain, region, environment };
}

/** The same, with the key that the keychain has now. Errors: KEYCHAIN_*. */
export async function withCurrentKey(
  context: Needs<"state">,
  identityContext: IdentityContext,
): Promise<IdentityContext> {
  if (identityContext.key.source !== "keychain") return identityContext;
  const kept = decodeAccessKey(
    await identityContext.keychain.read(keyItem(identityContext.identity.name)),
  );
  if (kept === undefined || kept.accessKeyId === identityContext.key.accessKeyId)
    return identityContext;
  noteKey(context, identityContext.identity.name, { accessKeyId: kept.accessKeyId });
  return { ...identityContext, key: kept };
}

/** The keychain's key; else the profile's two static lines. Both and different: the keychain's. */
async function findKey(
  context: Needs<"state" | "fileFingerprint" | "paths" | "say" | "awsFiles">,
  keychain: Keychain,
  identity: Identity,
  isDefault: boolean,
): Promise<AccessKey> {
  const credentialsStamp = context.fileFingerprint(context.paths.awsCredentials) ?? "";
  const kept = decodeAccessKey(await keychain.read(keyItem(identity.name)));
  const reading = readProfileKey(context, identity.awsProfile);
  if (kept) {
    const inProfile = await reading.catch(nothingUnlessBug);
    if (inProfile && inProfile.accessKeyId !== kept.accessKeyId) {
      context.say(
        `warning: the keychain holds ${kept.accessKeyId}, profile "${identity.awsProfile}" holds ${inProfile.accessKeyId}; the keychain's is used`,
      );
    }
    noteKey(context, identity.name, { accessKeyId: kept.accessKeyId });
    return kept;
  }
  const inProfile = await reading;
  if (inProfile) {
    noteKey(context, identity.name, { accessKeyId: inProfile.accessKeyId, credentialsStamp });
    return { ...inProfile, source: "profile" };
  }
  const { name, awsProfile } = identity;
  const nowhere = `none in the keychain, none in AWS profile "${awsProfile}"`;
  throw new AwstError("KEY_MISSING", `no access key for "${name}": ${nowhere}`, {
    hint: commandLine(["awst", "key", "add", ...(isDefault ? [] : ["--identity", name])]),
  });
}

async function readProfileKey(context: Needs<"awsFiles">, profile: string) {
  return staticKeyOf(await (await context.awsFiles()).read(), profile);
}

/** Files of AWS's that can't be read stop nobody who has the key in the keychain. */
function nothingUnlessBug(error: unknown): undefined {
  if (!isAwstError(error)) throw error;
}

function noteKey(context: Needs<"state">, identity: string, note: CachedKeyId): void {
  const notes = decodeCachedKeyIds(context.state.read(cachedKeyIdsName));
  if (JSON.stringify(notes[identity]) === JSON.stringify(note)) return;
  context.state.replace(cachedKeyIdsName, { ...notes, [identity]: note });
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
>;

/** `name` undefined: the default one. Errors: CONFIGURATION_*, IDENTITY_UNKNOWN, KEY_MISSING, KEYCHAIN_*. */
export async function openIdentity(
  context: IdentityNeeds,
  name: string | undefined,
): Promise<IdentityContext> {
  const loaded = await loadAndCacheConfiguration(context);
  const identity = findIdentity(loaded.configuration, name);
  const { region } = callRegion(identity, loaded.configuration, context.env);
  return openIdentityContext(context, loaded, identity, region);
}
