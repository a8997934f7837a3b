// The journal of an identity's MFA devices, the seed of a device that is not verified yet, and the state of
// the enrolment that they describe. Both are written, and read back, before the step that needs them.

import { partitionOf } from "../../model/aws/partition.ts";
import { AwstError } from "../../model/errors.ts";
import { mfaSealItem, pendingSeedItem } from "../../model/keychain/items.ts";
import { type EnrolmentState, stateOfDevice } from "../../model/mfa/mfa-enrolment.ts";
import {
  isEmptyJournal,
  type MfaJournal,
  mfaJournalFile,
  sameJournal,
} from "../../model/mfa/mfa-journal.ts";
import { nameOfDevice } from "../../model/mfa/own-devices.ts";
import { decodeStoredSeed, encodeStoredSeed } from "../../model/mfa/stored-seed.ts";
import { Secret } from "../../model/secret.ts";
import { isSealed, withSeal } from "../../model/state-seal.ts";
import type { Context } from "../../ports.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { type MfaContext, type OwnDevices, observeDevices } from "./open-devices.ts";

type JournalOwner = Pick<MfaContext, "identityContext" | "userName" | "seal">;
type JournalChanges = {
  [K in keyof Omit<MfaJournal, "userName" | "seal">]: MfaJournal[K] | undefined;
};

/** Returns the journal; an empty one if awst did not write the file with this keychain. */
export function readMfaJournal(
  context: Pick<Context, "state">,
  { identityContext, userName, seal }: JournalOwner,
): MfaJournal {
  const file = mfaJournalFile(identityContext.identity.name, userName);
  const journal = context.state.read(file);
  return isSealed(seal.key, file.name, journal) ? journal : { userName };
}

/** Deletes a journal that awst did not write with this keychain. The caller has the lock of `lockDevices`. */
export function discardUnsealedMfaJournal(
  context: Pick<Context, "state" | "say">,
  owner: JournalOwner,
): void {
  const { identityContext, userName } = owner;
  const file = mfaJournalFile(identityContext.identity.name, userName);
  if (isEmptyJournal(context.state.read(file))) return;
  if (!isEmptyJournal(readMfaJournal(context, owner))) return;
  context.state.write(file, { userName });
  context.say(`ignored and deleted the journal ${file.name}.json: its seal is missing or wrong`);
}

/** Writes the changed members; undefined removes one. Throws FILE_UNWRITABLE if the file does not hold them
 *  afterwards: without the journal, a crash could leave a device behind. Errors: KEYCHAIN_*. */
export async function updateMfaJournal(
  context: Pick<Context, "state" | "paths">,
  owner: JournalOwner,
  changes: JournalChanges,
): Promise<void> {
  const { identityContext, userName, seal } = owner;
  const { keychain, identity } = identityContext;
  const file = mfaJournalFile(identity.name, userName);
  const before = readMfaJournal(context, owner);
  const changed: MfaJournal = { ...before, ...changes, seal: undefined };
  const isEmpty = isEmptyJournal(changed);
  if (isEmpty && isEmptyJournal(before) && isEmptyJournal(context.state.read(file))) return;
  // Each journal has a key of its own, so that an earlier one is not valid again.
  if (!isEmpty && (seal.key === undefined || isEmptyJournal(before)))
    seal.key = await makeKey(owner);
  // An earlier copy of a journal is never valid after its work has ended, whenever the process is killed.
  if (isEmpty) await keychain.remove(mfaSealItem(identity.name));
  if (isEmpty) seal.key = undefined;
  const sealed = seal.key === undefined ? changed : withSeal(seal.key, file.name, changed);
  context.state.write(file, sealed);
  if (sameJournal(context.state.read(file), sealed)) return;
  const folder = context.paths.state;
  throw new AwstError("FILE_UNWRITABLE", `cannot write the MFA journal in ${folder}`, {
    hint: `free disk space, or make the folder writable: ${folder}`,
  });
}

async function makeKey({ identityContext }: JournalOwner): Promise<Secret> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = new Secret(Buffer.from(bytes).toString("base64url"));
  await identityContext.keychain.write(mfaSealItem(identityContext.identity.name), key);
  return key;
}

/** Fails before AWS creates a device if the keychain cannot store its seed. Errors: KEYCHAIN_*. */
export async function reservePendingSeed(
  context: Pick<Context, "keychain">,
  identityContext: IdentityContext,
): Promise<void> {
  const { keychain, item } = await openItem(context, identityContext);
  await keychain.write(item, new Secret("reserved for the seed of a new MFA device"));
}

/** Errors: KEYCHAIN_*. */
export async function storePendingSeed(
  context: Pick<Context, "keychain">,
  identityContext: IdentityContext,
  serial: string,
  seed: Secret,
): Promise<void> {
  const { keychain, item } = await openItem(context, identityContext);
  await keychain.write(item, encodeStoredSeed({ serial, seed }));
}

export async function deletePendingSeed(
  context: Pick<Context, "keychain">,
  identityContext: IdentityContext,
): Promise<void> {
  const { keychain, item } = await openItem(context, identityContext);
  await keychain.remove(item);
}

async function openItem(
  context: Pick<Context, "keychain">,
  { configuration, identity }: IdentityContext,
) {
  const keychain = await context.keychain(configuration.keychainBackend);
  return { keychain, item: pendingSeedItem(identity.name) };
}

/** Returns the enrolment as the journal, the keychain and AWS describe it. Errors: AWS_*, KEYCHAIN_*. */
export async function loadEnrolment(context: Context, mfa: MfaContext): Promise<EnrolmentState> {
  const { identityContext } = mfa;
  const { enrolment } = readMfaJournal(context, mfa);
  const state: EnrolmentState = {
    enrolment,
    serial: "",
    seed: undefined,
    deviceState: "absent",
    isCancelled: false,
    deletionDenied: false,
    observed: { enabled: undefined, virtual: undefined },
    unavailableNames: [],
    nameDenial: undefined,
    lostReplies: 0,
    isResumed: false,
  };
  await observeEnrolment(context, mfa, state);
  if (enrolment === undefined) {
    // A run that was killed before it wrote the journal, or after it closed it, may have left a seed.
    await deletePendingSeed(context, identityContext);
    return state;
  }
  const { keychain, item } = await openItem(context, identityContext);
  state.seed = decodeStoredSeed(await keychain.read(item), state.serial);
  // A session that one of its codes opened verifies the device. An older device may have had its serial.
  const session = await readMfaSession(context, identityContext);
  const openedSession =
    session?.device === state.serial && session.codeAt > new Date(enrolment.since);
  if (openedSession) state.enrolment = { ...enrolment, isVerified: true };
  return state;
}

/** Updates the state with what AWS has of the device. Errors: AWS_*. */
export async function observeEnrolment(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
): Promise<void> {
  state.observed = await observeDevices(context, mfa);
  const { enrolment, observed } = state;
  if (enrolment === undefined) return;
  const { name } = enrolment;
  const listed = [...(observed.enabled ?? []), ...(observed.virtual ?? [])];
  const found = listed.find(({ serial }) => isVirtualNamed(serial, name));
  const { identity, region } = mfa.identityContext;
  const account = identity.accountId ?? /:(\d{12}):/.exec(listed[0]?.serial ?? "")?.[1] ?? "";
  const expected = `arn:${partitionOf(region).name}:iam::${account}:mfa/${name}`;
  state.serial = enrolment.serial ?? found?.serial ?? expected;
  state.deviceState = stateOfDevice(enrolment.serial ?? name, mfa.userName, observed);
}

/** Returns the serial of a device that is enabled but not verified yet. */
export function findUnverified(
  context: Pick<Context, "state">,
  own: OwnDevices,
): string | undefined {
  const { enrolment } = readMfaJournal(context, own);
  if (enrolment === undefined) return undefined;
  const { serial, name } = enrolment;
  const found = own.enabled?.find((device) =>
    serial === undefined ? isVirtualNamed(device.serial, name) : device.serial === serial,
  );
  return found?.serial;
}

function isVirtualNamed(serial: string, name: string): boolean {
  return serial.includes(":mfa/") && nameOfDevice(serial) === name;
}
