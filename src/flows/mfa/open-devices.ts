// How every `mfa` command starts: whose devices, the lock (one `mfa` command at a time for each identity),
// the devices that AWS lists, and access to IAM inside an MFA session if the user's policies need one.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { mfaSealItem } from "../../model/keychain/items.ts";
import type { ObservedDevices } from "../../model/mfa/mfa-enrolment.ts";
import {
  codeDevices,
  findDevice,
  kindOfDevice,
  mfaCommand,
  nameOfDevice,
} from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import { makesCodes, withUser } from "../../model/session/aws-facts.ts";
import type { MfaSession } from "../../model/session/session.ts";
import type { Iam, ListedDevice } from "../../ports/iam.ts";
import type { Context, Lock } from "../../ports.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import { identifyUser, updateAwsFacts } from "../session/lookup-user.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";

/** What every step on MFA devices works with. */
export interface MfaContext {
  readonly identityContext: IdentityContext;
  readonly userName: string;
  readonly iam: Iam;
  /** The MFA session that signs the calls of `iam`; undefined: the long-term key signs them. */
  readonly session: MfaSession | undefined;
  /** The key that seals the journal, as this process knows it; undefined: the keychain has none. */
  readonly seal: { key: Secret | undefined };
}

/** Access with the long-term key, and the devices that it may list. */
export interface OwnDevices extends MfaContext {
  readonly session: undefined;
  /** undefined: AWS denied the call. */
  readonly enabled: readonly ListedDevice[] | undefined;
}

export interface NewDeviceRequest {
  readonly identity: string | undefined;
  /** undefined: the user's name, or the first free name made from it. */
  readonly name: string | undefined;
  /** --store */
  readonly store: boolean;
  /** --text */
  readonly asText: boolean;
  readonly user: UserRequest;
}

/** Waits until no other `mfa` command works for this identity. The caller releases the lock. */
export async function lockDevices(
  context: Context,
  { identity }: Pick<IdentityContext, "identity">,
  command: string,
): Promise<Lock> {
  const locks = await context.locks();
  return locks.acquire(`mfa-${identity.name}`, { owner: command });
}

/** Opens IAM with the long-term key and lists the user's devices. Errors: AWS_*. */
export async function openDevices(
  context: Context,
  identityContext: IdentityContext,
): Promise<OwnDevices> {
  const { key, region } = identityContext;
  const userName = await identifyUser(context, identityContext, key);
  const iam = await context.iam(key, region);
  const { keychain, identity } = identityContext;
  const seal = { key: await keychain.read(mfaSealItem(identity.name)) };
  const opened = { identityContext, userName, iam, session: undefined, seal };
  try {
    const { devices } = await iam.listMfaDevices(userName);
    await cacheDevices(context, key.accessKeyId, devices);
    return { ...opened, enabled: devices };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    return { ...opened, enabled: undefined };
  }
}

async function cacheDevices(
  context: Context,
  keyId: string,
  listed: readonly ListedDevice[],
): Promise<void> {
  const serials = listed.map(({ serial }) => serial);
  const devices = serials.filter(makesCodes);
  const unusable = serials.filter((serial) => !makesCodes(serial));
  await updateAwsFacts(context, (facts) => {
    const user = facts.users[keyId];
    return user === undefined ? facts : withUser(facts, keyId, { ...user, devices, unusable });
  });
}

/**
 * Returns the user's devices, listed in an MFA session if the key alone may not. Errors: those of
 * `asUser`.
 */
export async function listOwnDevices(
  context: Context,
  { enabled, identityContext }: OwnDevices,
  request: UserRequest,
): Promise<readonly ListedDevice[]> {
  if (enabled !== undefined) return enabled;
  return asUser(context, identityContext.identity.name, request, async (iam, userName) => {
    return (await iam.listMfaDevices(userName)).devices;
  });
}

/** Lists the user's devices and the account's virtual devices. Errors: AWS_* except AWS_DENIED. */
export async function observeDevices(
  context: Context,
  { iam, userName }: Pick<MfaContext, "iam" | "userName">,
): Promise<ObservedDevices> {
  const undefinedIfDenied = (error: unknown): undefined => {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    context.debug(error.message);
  };
  const enabled = await iam.listMfaDevices(userName).catch(undefinedIfDenied);
  const virtual = await iam.listVirtualMfaDevices().catch(undefinedIfDenied);
  return { enabled: enabled?.devices, virtual: virtual?.devices };
}

/**
 * Does `work` with the access that the user's policies ask for: in an MFA session if the user has a device
 * that can open one, otherwise with a cached session or the long-term key, which policies allow for a
 * first device. `work` runs a second time with a fresh session after a denial.
 */
export async function withUserAccess<T>(
  context: Context,
  own: OwnDevices,
  request: UserRequest,
  work: (mfa: MfaContext) => Promise<T>,
): Promise<T> {
  const { identityContext, enabled } = own;
  const workInSession = () =>
    asUser(context, identityContext.identity.name, request, (iam, userName, _same, session) =>
      work({ identityContext, userName, iam, session, seal: own.seal }),
    );
  if (enabled === undefined) {
    // A key that may not list devices may still be allowed to change them.
    try {
      return await work(own);
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED")) throw error;
      return workInSession();
    }
  }
  if (codeDevices(enabled).length > 0) return workInSession();
  const cached = await readMfaSession(context, identityContext);
  if (cached === undefined) return work(own);
  const iam = await context.iam(cached.keys, identityContext.region);
  return work({ ...own, iam, session: cached });
}

export interface DeviceQuestion {
  readonly among: readonly ListedDevice[];
  /** --device */
  readonly named: string | undefined;
  /** The command, as in `awst mfa remove`. */
  readonly command: "remove" | "replace" | "resync";
  /** What gives the user a device: it resumes unfinished work. */
  readonly resume?: "add" | "replace" | undefined;
  /** The identity, if hints have to name it. */
  readonly identity: string | undefined;
}

/** Returns the named device, the only one, or the one that the user chooses. Errors: DEVICE_MISSING,
 *  CHOICE_NEEDED, INTERRUPTED. */
export async function chooseOwnDevice(
  context: Context,
  { among, named, command, identity, resume = "add" }: DeviceQuestion,
): Promise<ListedDevice> {
  if (named !== undefined) return findDevice(among, named, identity);
  const [first, ...others] = among;
  if (first === undefined) {
    throw new AwstError("DEVICE_MISSING", `the user has no MFA device to ${command}`, {
      hint: mfaCommand(identity, resume),
    });
  }
  if (others.length === 0) return first;
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const message = `the user has ${among.length} MFA devices, and there is no terminal to choose one`;
    throw new AwstError("CHOICE_NEEDED", message, {
      hint: mfaCommand(identity, command, "--device", nameOfDevice(first.serial)),
    });
  }
  const options = among.map((device) => ({
    label: nameOfDevice(device.serial),
    hint: kindOfDevice(device.serial),
    value: device,
  }));
  return terminal.choose({ text: `Which device do you want to ${command}?` }, options);
}
