// Puts a long-term key into the keychain: stored aside, read back, proved at AWS, and only then in its
// place. Until that moment the key that was there is untouched; a kill anywhere loses neither.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { AwstError } from "../../model/errors.ts";
import { decodeAccessKey, encodeAccessKey } from "../../model/key/access-key.ts";
import type { GivenKey } from "../../model/key/parse-key-text.ts";
import { keyItem, pendingKeyItem } from "../../model/keychain/items.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import { decodeKeyNotes, keyNotesName } from "../../model/session/warm-state.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "../session/ask-aws.ts";
import { putSecret } from "../session/put-secret.ts";

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
  world: StoreNeeds,
  configuration: Configuration,
  identity: Identity,
  key: GivenKey,
  command: string,
): Promise<StoredKey> {
  const keychain = await world.keychain(configuration.keychainBackend);
  const item = keyItem(identity.name);
  const pending = pendingKeyItem(identity.name);
  const how = {
    holder: `${command} (pid ${world.processId})`,
    onWait: (holder: string | undefined) => world.say(`waiting for ${holder ?? "another awst"}`),
  };
  return (await world.locks()).hold(`key-${identity.name}`, how, async () => {
    const before = decodeAccessKey(await keychain.read(item));
    const wasThere = before !== undefined && isSame(before, key);
    try {
      if (!wasThere) await putSecret(world, configuration, pending, encodeAccessKey(key));
      const { arn, accountId } = await prove(world, configuration, identity, key);
      if (!wasThere) {
        await putInPlace(world, configuration, item, key, before);
        const { accessKeyId } = key;
        world.state.record("key-stored", { identity: identity.name, accessKeyId, arn });
      }
      await noteKey(world, identity.name, key.accessKeyId);
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
  world: StoreNeeds,
  configuration: Configuration,
  item: string,
  key: GivenKey,
  before: GivenKey | undefined,
): Promise<void> {
  try {
    await putSecret(world, configuration, item, encodeAccessKey(key));
  } catch (error) {
    const keychain = await world.keychain(configuration.keychainBackend);
    if (before !== undefined) await keychain.write(item, encodeAccessKey(before)).catch(() => {});
    throw error;
  }
}

async function prove(
  world: StoreNeeds,
  configuration: Configuration,
  identity: Identity,
  key: GivenKey,
): Promise<{ readonly arn: string; readonly accountId: string }> {
  const { region } = callRegion(identity, configuration, world.env);
  const caller = await askAws(world, key, region, (aws) => aws.getCallerIdentity());
  const { arn, accountId } = caller;
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
  return caller;
}

async function noteKey(world: StoreNeeds, identity: string, accessKeyId: string): Promise<void> {
  await world.state.update(keyNotesName, (old) => {
    return { ...decodeKeyNotes(old), [identity]: { accessKeyId } };
  });
}

function isSame(one: GivenKey, other: GivenKey): boolean {
  const isId = one.accessKeyId === other.accessKeyId;
  return isId && one.secretAccessKey.equals(other.secretAccessKey);
}
