// The journal of an identity's MFA devices, and the seed that lies in the keychain until its device is
// proved. Both are written before the step that needs them, and read back.

import { partitionOf } from "../../model/aws/partition.ts";
import { clockName, clockOf } from "../../model/clock.ts";
import { AwstError } from "../../model/errors.ts";
import { pendingSeedItem } from "../../model/keychain/items.ts";
import { type EnrolmentState, stateOfDevice } from "../../model/mfa/mfa-enrolment.ts";
import {
  decodeMfaJournal,
  encodeMfaJournal,
  type MfaJournal,
  mfaJournalName,
} from "../../model/mfa/mfa-journal.ts";
import { nameOfDevice } from "../../model/mfa/own-devices.ts";
import { decodeStoredSeed, encodeStoredSeed } from "../../model/mfa/stored-seed.ts";
import { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { writeVerified } from "../session/stored-seed.ts";
import {
  type DeviceNeeds,
  type MfaContext,
  type OwnDevices,
  observeDevices,
} from "./open-devices.ts";

type Whose = Pick<IdentityContext, "identity">;
type Changes = { [K in keyof Omit<MfaJournal, "userName">]: MfaJournal[K] | undefined };

export async function readMfaJournal(
  context: Needs<"state">,
  { identity }: Whose,
  userName: string,
): Promise<MfaJournal> {
  return decodeMfaJournal(context.state.read(mfaJournalName(identity.name)), userName);
}

/** What is undefined goes. Errors: FILE_UNWRITABLE, where something has to be remembered and is not. */
export async function updateMfaJournal(
  context: Needs<"state" | "paths">,
  { identity }: Whose,
  userName: string,
  changes: Changes,
): Promise<MfaJournal> {
  const name = mfaJournalName(identity.name);
  const old = decodeMfaJournal(context.state.read(name), userName);
  const wanted = JSON.stringify(encodeMfaJournal({ ...old, ...changes }));
  context.state.replace(name, JSON.parse(wanted));
  const written = decodeMfaJournal(context.state.read(name), userName);
  const expected = decodeMfaJournal(JSON.parse(wanted), userName);
  if (JSON.stringify(written) === JSON.stringify(expected)) return written;
  const path = context.paths.state;
  throw new AwstError("FILE_UNWRITABLE", `what is begun cannot be written down in ${path}`, {
    hint: `make room, or make that folder writable: ${path}`,
  });
}

/** Before AWS is asked for a device: that the keychain takes what it is to hold. Errors: KEYCHAIN_*. */
export async function reservePendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
): Promise<void> {
  const placeholder = new Secret("a seed will lie here");
  await writeVerified(
    context,
    identityContext.configuration,
    pendingSeedItem(identityContext.identity.name),
    placeholder,
  );
}

/** Errors: KEYCHAIN_*. */
export async function storePendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
  serial: string,
  seed: Secret,
): Promise<void> {
  const item = pendingSeedItem(identityContext.identity.name);
  await writeVerified(
    context,
    identityContext.configuration,
    item,
    encodeStoredSeed({ serial, seed }),
  );
}

/** undefined: none of this device. */
export async function readPendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
  serial: string,
): Promise<Secret | undefined> {
  const { keychain, item } = await openItem(context, identityContext);
  return decodeStoredSeed(await keychain.read(item), serial);
}

export async function deletePendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
): Promise<void> {
  const { keychain, item } = await openItem(context, identityContext);
  await keychain.remove(item);
}

async function openItem(context: Needs<"keychain">, { configuration, identity }: IdentityContext) {
  const keychain = await context.keychain(configuration.keychainBackend);
  return { keychain, item: pendingSeedItem(identity.name) };
}

/** Errors: AWS_*, KEYCHAIN_*. */
export async function loadEnrolment(
  context: DeviceNeeds,
  mfa: MfaContext,
): Promise<EnrolmentState> {
  const { identityContext, userName } = mfa;
  const { enrolment } = await readMfaJournal(context, identityContext, userName);
  const it: EnrolmentState = {
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
  await observeEnrolment(context, mfa, it);
  if (enrolment === undefined) {
    // Of a run that was killed before it wrote down what it is for, or after.
    await deletePendingSeed(context, identityContext);
    return it;
  }
  it.seed = await readPendingSeed(context, identityContext, it.serial);
  // Any session that its code opened is a proof; one of an older device may have had the same serial.
  const kept = await readMfaSession(context, identityContext);
  const isProof = kept?.device === it.serial && kept.codeAt > new Date(enrolment.since);
  if (isProof) it.enrolment = { ...enrolment, isVerified: true };
  return it;
}

/** Errors: AWS_*. */
export async function observeEnrolment(
  context: DeviceNeeds,
  mfa: MfaContext,
  it: EnrolmentState,
): Promise<void> {
  it.observed = await observeDevices(context, mfa);
  const { enrolment, observed: seen } = it;
  if (enrolment === undefined) return;
  const { name } = enrolment;
  const listed = [...(seen.enabled ?? []), ...(seen.virtual ?? [])];
  const found = listed.find(
    ({ serial }) => serial.includes(":mfa/") && nameOfDevice(serial) === name,
  );
  const { identity, region } = mfa.identityContext;
  const account = identity.accountId ?? /:(\d{12}):/.exec(listed[0]?.serial ?? "")?.[1] ?? "";
  const guess = `arn:${partitionOf(region).name}:iam::${account}:mfa/${name}`;
  it.serial = enrolment.serial ?? found?.serial ?? guess;
  it.deviceState = stateOfDevice(enrolment.serial ?? name, mfa.userName, seen);
}

/** AWS's time, as last seen. */
export async function askAwsTime(context: Pick<DeviceNeeds, "state" | "now">): Promise<Date> {
  return clockOf(context.state.read(clockName), context.now()).awsNow;
}

/** Its serial. */
export async function findUnverified(
  context: Pick<DeviceNeeds, "state">,
  { identityContext, userName, enabled }: OwnDevices,
): Promise<string | undefined> {
  const { enrolment } = await readMfaJournal(context, identityContext, userName);
  if (enrolment === undefined) return undefined;
  const isIt = (serial: string) =>
    enrolment.serial === undefined
      ? serial.includes(":mfa/") && nameOfDevice(serial) === enrolment.name
      : serial === enrolment.serial;
  return enabled?.find(({ serial }) => isIt(serial))?.serial;
}
