// `key import`: the long-term key of an AWS profile goes into the keychain, and a line that calls awst
// takes its place in the file. The key leaves the file last, when it has been read back and proved.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-identity.ts";
import { AwstError } from "../../model/errors.ts";
import { checkKey, type GivenKey } from "../../model/key/parse-key-text.ts";
import { writeProcessLine } from "../../model/profile/process-line.ts";
import {
  type KeySighting,
  ownedProfiles,
  replaceKeyByProcess,
  staticKeyOf,
} from "../../model/profile/profile-sections.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { type StoredKey, type StoreNeeds, storeKey } from "./store-key.ts";

export type ImportNeeds = StoreNeeds &
  Needs<"configurationFile" | "awsFiles" | "places" | "program">;

export interface ImportedKey {
  readonly profile: string;
  /** undefined when the profile called awst already: nothing was left to do. */
  readonly stored: StoredKey | undefined;
  /** Lines of AWS's files that still show the key's id. */
  readonly sameKeyElsewhere: readonly KeySighting[];
  /** Of the identity whose key it is; 0: never by itself. */
  readonly keyRotationIntervalMinutes: number;
}

/** Errors: KEY_MISSING, PROFILE_IN_THE_WAY (nothing begun), FILE_*, and those of `storeKey`. */
export async function importKey(
  world: ImportNeeds,
  wanted: { readonly identity: string | undefined; readonly profile: string | undefined },
): Promise<ImportedKey> {
  const configuration = await loadConfiguration(world);
  const identity = identityOf(configuration, wanted.identity, wanted.profile);
  const profile = wanted.profile ?? identity.awsProfile;
  const { keyRotationIntervalMinutes } = identity;
  const leftover = identity.mfaSessionProfile;
  const files = await world.awsFiles();
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
  const line = lineFor(world, identity.name);
  refuseUnlessReplaceable(replaceKeyByProcess(texts, profile, line, leftover).why);

  const stored = await storeKey(world, configuration, identity, key, "key import");
  const sameKeyElsewhere = await files.edit((now) => {
    if (!isStillThere(staticKeyOf(now, profile), key)) throw changedMeanwhile(profile);
    const replaced = replaceKeyByProcess(now, profile, line, leftover);
    refuseUnlessReplaceable(replaced.why);
    return { texts: replaced.texts, result: replaced.sameKeyElsewhere };
  });
  const { accessKeyId } = key;
  world.state.record("key-taken-out-of-profile", { identity: identity.name, accessKeyId, profile });
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

function lineFor(world: ImportNeeds, identity: string): string {
  const { configuration, configurationIsNamed } = world.places;
  const named = configurationIsNamed ? ["--config", configuration] : [];
  const words = [...world.program, "credential-process", ...named, "--identity", identity];
  const { line, why } = writeProcessLine(words);
  if (line !== undefined) return line;
  throw new AwstError("PROFILE_IN_THE_WAY", `no credential_process line can be written: ${why}`);
}

function refuseUnlessReplaceable(why: string | undefined): void {
  if (why === undefined) return;
  throw new AwstError("PROFILE_IN_THE_WAY", `the key can't be taken out of the file: ${why}`, {
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
