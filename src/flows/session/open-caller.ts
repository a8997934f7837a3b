// Who asks AWS on behalf of an identity: its long-term key, found, and the place its calls go to.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { type AccessKey, decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { staticKeyOf } from "../../model/profile/profile-sections.ts";
import { environmentHash } from "../../model/session/environment-hash.ts";
import { decodeKeyNotes, type KeyNote, keyNotesName } from "../../model/session/warm-state.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Keychain, Needs } from "../../ports.ts";

export interface Caller {
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
export async function openCaller(
  world: Needs<"env" | "state" | "stamp" | "places" | "say" | "keychain" | "awsFiles">,
  loaded: { readonly configuration: Configuration; readonly stamp: string },
  identity: Identity,
  region: string,
): Promise<Caller> {
  const { configuration } = loaded;
  const keychain = await world.keychain(configuration.keychainBackend);
  const isDefault = identity.name === configuration.defaultIdentity;
  const key = await findKey(world, keychain, identity, isDefault);
  const environment = environmentHash(world.env, region);
  const configurationStamp = loaded.stamp;
  return { configuration, configurationStamp, identity, key, keychain, region, environment };
}

/** The same, with the key that the keychain has now. Errors: KEYCHAIN_*. */
export async function withPresentKey(world: Needs<"state">, caller: Caller): Promise<Caller> {
  if (caller.key.source !== "keychain") return caller;
  const kept = decodeAccessKey(await caller.keychain.read(keyItem(caller.identity.name)));
  if (kept === undefined || kept.accessKeyId === caller.key.accessKeyId) return caller;
  noteKey(world, caller.identity.name, { accessKeyId: kept.accessKeyId });
  return { ...caller, key: kept };
}

/** The keychain's key; else the profile's two static lines. Both and different: the keychain's. */
async function findKey(
  world: Needs<"state" | "stamp" | "places" | "say" | "awsFiles">,
  keychain: Keychain,
  identity: Identity,
  isDefault: boolean,
): Promise<AccessKey> {
  const credentialsStamp = world.stamp(world.places.awsCredentials) ?? "";
  const kept = decodeAccessKey(await keychain.read(keyItem(identity.name)));
  const reading = readProfileKey(world, identity.awsProfile);
  if (kept) {
    const inProfile = await reading.catch(nothingUnlessBug);
    if (inProfile && inProfile.accessKeyId !== kept.accessKeyId) {
      world.say(
        `warning: the keychain holds ${kept.accessKeyId}, profile "${identity.awsProfile}" holds ${inProfile.accessKeyId}; the keychain's is used`,
      );
    }
    noteKey(world, identity.name, { accessKeyId: kept.accessKeyId });
    return kept;
  }
  const inProfile = await reading;
  if (inProfile) {
    noteKey(world, identity.name, { accessKeyId: inProfile.accessKeyId, credentialsStamp });
    return { ...inProfile, source: "profile" };
  }
  const { name, awsProfile } = identity;
  const nowhere = `none in the keychain, none in AWS profile "${awsProfile}"`;
  throw new AwstError("KEY_MISSING", `no access key for "${name}": ${nowhere}`, {
    hint: commandLine(["awst", "key", "add", ...(isDefault ? [] : ["--identity", name])]),
  });
}

async function readProfileKey(world: Needs<"awsFiles">, profile: string) {
  return staticKeyOf(await (await world.awsFiles()).read(), profile);
}

/** Files of AWS's that can't be read stop nobody who has the key in the keychain. */
function nothingUnlessBug(error: unknown): undefined {
  if (!isAwstError(error)) throw error;
}

function noteKey(world: Needs<"state">, identity: string, note: KeyNote): void {
  const notes = decodeKeyNotes(world.state.read(keyNotesName));
  if (JSON.stringify(notes[identity]) === JSON.stringify(note)) return;
  world.state.replace(keyNotesName, { ...notes, [identity]: note });
}
