// What every verb on MFA devices begins with: whose devices, what is there, what was begun before; one
// such verb at a time per identity.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { ObservedDevices } from "../../model/mfa/mfa-enrolment.ts";
import {
  codeDevices,
  findDevice,
  kindOfDevice,
  mfaCommand,
  nameOfDevice,
} from "../../model/mfa/own-devices.ts";
import { makesCodes, withUser } from "../../model/session/aws-facts.ts";
import type { MfaSession } from "../../model/session/session.ts";
import type { Iam, ListedDevice } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";
import { asUser, type UserNeeds, type UserRequest } from "../session/as-user.ts";
import { openIam } from "../session/ask-aws.ts";
import { lookupUser, updateAwsFacts } from "../session/lookup-user.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import { type IdentityContext, openIdentity } from "../session/open-identity-context.ts";

export type DeviceNeeds = UserNeeds & Needs<"qr" | "debug">;

export interface NewDeviceRequest {
  readonly identity: string | undefined;
  /** undefined: the user's name, or the next that is free. */
  readonly name: string | undefined;
  /** --store */
  readonly store: boolean;
  /** --text */
  readonly asText: boolean;
  readonly user: UserRequest;
}

export interface MfaContext {
  readonly identityContext: IdentityContext;
  readonly userName: string;
  readonly iam: Iam;
  /** The one `iam` is signed by; undefined: the long-term key. */
  readonly session: MfaSession | undefined;
}

/** On the long-term key. */
export interface OwnDevices extends MfaContext {
  readonly session: undefined;
  /** undefined: AWS denied the look. */
  readonly enabled: readonly ListedDevice[] | undefined;
}

/** Errors: those of `openIdentity`, AWS_*. */
export async function holdDevices<T>(
  context: DeviceNeeds,
  identityName: string | undefined,
  words: string,
  work: (own: OwnDevices) => Promise<T>,
): Promise<T> {
  const identityContext = await openIdentity(context, identityName);
  const { userName } = await lookupUser(context, identityContext);
  const how = {
    holder: `${words} (process ${context.processId})`,
    onWait: (holder: string | undefined) =>
      context.say(`waiting for ${holder ?? "another awst"} to finish`),
  };
  return (await context.locks()).hold(`mfa-${identityContext.identity.name}`, how, async () => {
    const iam = await openIam(context, identityContext.key, identityContext.region);
    const enabled = await listWithLongTermKey(context, identityContext, iam, userName);
    return work({ identityContext, userName, iam, session: undefined, enabled });
  });
}

/**
 * The MFA session where the user has a device to open one; else the one that is kept, else the long-term
 * key, as policies allow it for a first device.
 */
export async function withHands<T>(
  context: DeviceNeeds,
  own: OwnDevices,
  request: UserRequest,
  work: (mfa: MfaContext) => Promise<T>,
): Promise<T> {
  const { identityContext, enabled } = own;
  const signInside = () =>
    asUser(context, identityContext.identity.name, request, (iam, userName, _same, session) =>
      work({ identityContext, userName, iam, session }),
    );
  if (enabled === undefined) {
    // Who may not look may still act, and else needs a code.
    return work(own).catch((error: unknown) => {
      if (!isAwstError(error, "AWS_DENIED")) throw error;
      return signInside();
    });
  }
  if (codeDevices(enabled).length > 0) return signInside();
  const kept = await readMfaSession(context, identityContext);
  if (kept === undefined) return work(own);
  const iam = await openIam(context, kept.keys, identityContext.region);
  return work({ ...own, iam, session: kept });
}

async function listWithLongTermKey(
  context: DeviceNeeds,
  identityContext: IdentityContext,
  iam: Iam,
  userName: string,
): Promise<readonly ListedDevice[] | undefined> {
  try {
    const { devices } = await iam.listMfaDevices(userName);
    const serials = devices.map(({ serial }) => serial);
    await updateAwsFacts(context, (learned) => {
      const user = learned.users[identityContext.key.accessKeyId];
      if (user === undefined) return learned;
      return withUser(learned, identityContext.key.accessKeyId, {
        ...user,
        devices: serials.filter(makesCodes),
        unusable: serials.filter((serial) => !makesCodes(serial)),
      });
    });
    return devices;
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    return undefined;
  }
}

/** Errors: AWS_*, but for a denial. */
export async function observeDevices(
  context: Needs<"debug">,
  { iam, userName }: { readonly iam: Iam; readonly userName: string },
): Promise<ObservedDevices> {
  return {
    enabled: await unlessDenied(context, async () => (await iam.listMfaDevices(userName)).devices),
    virtual: await unlessDenied(context, async () => (await iam.listVirtualMfaDevices()).devices),
  };
}

async function unlessDenied<T>(
  context: Needs<"debug">,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    context.debug(error.message);
    return undefined;
  }
}

export interface DeviceQuestion {
  readonly among: readonly ListedDevice[];
  /** --device */
  readonly named: string | undefined;
  readonly question: string;
  /** `remove` */
  readonly verb: string;
  /** The identity, where it has to be named. */
  readonly whose: string | undefined;
}

/** Errors: DEVICE_MISSING, CHOICE_NEEDED, INTERRUPTED. */
export async function chooseOwnDevice(
  context: DeviceNeeds,
  choice: DeviceQuestion,
): Promise<ListedDevice> {
  const { among, named, question, verb, whose } = choice;
  if (named !== undefined) return findDevice(among, named, whose);
  const [first, ...others] = among;
  if (first === undefined) {
    throw new AwstError("DEVICE_MISSING", "the user has no MFA device for that", {
      hint: mfaCommand(whose, "add"),
    });
  }
  if (others.length === 0) return first;
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("CHOICE_NEEDED", `the user has ${among.length} MFA devices`, {
      hint: mfaCommand(whose, verb, "--device", nameOfDevice(first.serial)),
    });
  }
  const options = among.map((device) => ({
    label: nameOfDevice(device.serial),
    hint: kindOfDevice(device.serial),
    value: device,
  }));
  return terminal.choose({ text: question }, options);
}

/** The user's own, inside the MFA session where the key alone may not look. Errors: those of `asUser`. */
export async function listOwnDevices(
  context: DeviceNeeds,
  own: OwnDevices,
  request: UserRequest,
): Promise<readonly ListedDevice[]> {
  if (own.enabled !== undefined) return own.enabled;
  return asUser(context, own.identityContext.identity.name, request, async (iam, userName) => {
    return (await iam.listMfaDevices(userName)).devices;
  });
}
