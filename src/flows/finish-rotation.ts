// What a rotation left to be done, by the first run that has a session for it; and whether a key is due.
// Both are cheap where there is nothing: two small files, and the keychain's item.

import { decodeAccessKey } from "../model/access-key.ts";
import { isAwstError } from "../model/errors.ts";
import { findIdentity } from "../model/find-identity.ts";
import { keyItem } from "../model/items.ts";
import { callRegion } from "../model/resolve-target.ts";
import { isWorkWaiting } from "../model/rotation-journal.ts";
import type { RotationReport } from "../model/rotation-report.ts";
import { noteAges, readMadeAt } from "./key-ages.ts";
import { learnUser } from "./learn-user.ts";
import { loadAndRemember } from "./load-configuration.ts";
import { readMfaSession } from "./obtain-mfa-session.ts";
import { openCaller } from "./open-caller.ts";
import { openIam } from "./open-iam.ts";
import { type RotateNeeds, rotateKey } from "./rotate-key.ts";
import { askClock, readJournal } from "./rotation-hands.ts";

/** `identity`: its name. undefined: nothing waits, or somebody else is at it. Never asks for a code where
 *  a session lives. Errors: those of `rotateKey`. */
export async function finishRotation(
  world: RotateNeeds,
  identity: string,
): Promise<RotationReport | undefined> {
  if (!isWorkWaiting(await readJournal(world, identity), await askClock(world))) return undefined;
  try {
    return await rotateKey(world, {
      identity,
      wish: "finish",
      unattended: true,
      words: "key rotate --resume",
      retry: "awst key rotate --resume",
      waitMs: 0,
    });
  } catch (error) {
    if (isAwstError(error, "WAIT_TIMED_OUT")) return undefined;
    throw error;
  }
}

/** Whether the key is older than `keyRotationIntervalMinutes`. False for one that is not imported, where
 *  the interval is 0, and where its age is not known and there is no session to ask with. */
export async function isRotationDue(
  world: RotateNeeds,
  identityName: string | undefined,
): Promise<boolean> {
  const loaded = await loadAndRemember(world);
  const { configuration } = loaded;
  const identity = findIdentity(configuration, identityName);
  const { keyRotationIntervalMinutes: minutes, name } = identity;
  if (minutes === 0) return false;
  const keychain = await world.keychain(configuration.keychainBackend);
  const held = decodeAccessKey(await keychain.read(keyItem(name)));
  if (held === undefined) return false;
  const known = await readMadeAt(world, held.accessKeyId);
  const madeAt = known ?? (await askMadeAt(world, loaded, identity));
  const now = await askClock(world);
  return madeAt !== undefined && now.getTime() - madeAt.getTime() >= minutes * 60_000;
}

async function askMadeAt(
  world: RotateNeeds,
  loaded: Parameters<typeof openCaller>[1],
  identity: Parameters<typeof openCaller>[2],
): Promise<Date | undefined> {
  const { region } = callRegion(identity, loaded.configuration, world.env);
  const caller = await openCaller(world, loaded, identity, region);
  const session = await readMfaSession(world, caller);
  if (session === undefined) return undefined;
  try {
    const { userName } = await learnUser(world, caller);
    const iam = await openIam(world, session.keys, region);
    const { keys } = await iam.listAccessKeys(userName);
    await noteAges(world, keys);
    return readMadeAt(world, caller.key.accessKeyId);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    world.debug(error.message);
    return undefined;
  }
}
