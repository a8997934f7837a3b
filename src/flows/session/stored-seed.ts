// The stored seeds of an identity's MFA devices: one keychain item each, and one item that lists them. The list is
// written before a seed and shortened after its removal, so that the keychain has no unlisted seed.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { seedItem, seedListItem } from "../../model/keychain/items.ts";
import {
  decodeSeedList,
  decodeStoredSeed,
  encodeSeedList,
  encodeStoredSeed,
} from "../../model/mfa/stored-seed.ts";
import type { Secret } from "../../model/secret.ts";
import type { Keychain, Lock, Needs } from "../../ports.ts";

/** An `IdentityContext` is one. */
export interface SeedIdentity {
  readonly identity: Pick<Identity, "name">;
  readonly configuration: Pick<Configuration, "keychainBackend">;
}

type StoreNeeds = Needs<"keychain" | "state" | "locks">;

/** Returns undefined when no seed is stored. Errors: KEYCHAIN_*. */
export async function readStoredSeed(
  context: Needs<"keychain">,
  owner: SeedIdentity,
  serial: string,
): Promise<Secret | undefined> {
  const keychain = await open(context, owner);
  return decodeStoredSeed(await keychain.read(seedItem(owner.identity.name, serial)), serial);
}

/** Returns the serials of the devices whose seeds are stored. Reads the keychain; calls nothing of AWS. */
export async function listStoredSeeds(
  context: Needs<"keychain">,
  owner: SeedIdentity,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const serial of await readList(await open(context, owner), owner)) {
    if ((await readStoredSeed(context, owner, serial)) !== undefined) found.push(serial);
  }
  return found;
}

/** Stores the seed. Errors: KEYCHAIN_*. */
export async function writeStoredSeed(
  context: StoreNeeds,
  owner: SeedIdentity,
  serial: string,
  seed: Secret,
): Promise<void> {
  const { identity } = owner;
  const keychain = await open(context, owner);
  await using _lock = await lockSeeds(context, owner);
  const listed = await readList(keychain, owner);
  if (!listed.includes(serial)) await writeList(keychain, owner, [...listed, serial]);
  await keychain.write(seedItem(identity.name, serial), encodeStoredSeed({ serial, seed }));
  context.state.record("seed-stored", { identity: identity.name, device: serial });
}

/** Whether there was one. Errors: KEYCHAIN_*. */
export async function forgetStoredSeed(
  context: StoreNeeds,
  owner: SeedIdentity,
  serial: string,
): Promise<boolean> {
  const { identity } = owner;
  const keychain = await open(context, owner);
  await using _lock = await lockSeeds(context, owner);
  const item = seedItem(identity.name, serial);
  const listed = await readList(keychain, owner);
  const isStored = (await keychain.read(item)) !== undefined;
  if (isStored) await keychain.remove(item);
  const others = listed.filter((each) => each !== serial);
  if (others.length < listed.length) await writeList(keychain, owner, others);
  if (isStored) context.state.record("seed-forgotten", { identity: identity.name, device: serial });
  return isStored;
}

async function readList(
  keychain: Keychain,
  { identity }: SeedIdentity,
): Promise<readonly string[]> {
  return decodeSeedList(await keychain.read(seedListItem(identity.name)));
}

async function writeList(
  keychain: Keychain,
  { identity }: SeedIdentity,
  serials: readonly string[],
): Promise<void> {
  const item = seedListItem(identity.name);
  if (serials.length === 0) await keychain.remove(item);
  else await keychain.write(item, encodeSeedList(serials));
}

async function lockSeeds(context: StoreNeeds, { identity }: SeedIdentity): Promise<Lock> {
  const locks = await context.locks();
  return locks.acquire(`seeds-${identity.name}`, { owner: "mfa store", isSilent: true });
}

function open(context: Needs<"keychain">, { configuration }: SeedIdentity): Promise<Keychain> {
  return context.keychain(configuration.keychainBackend);
}
