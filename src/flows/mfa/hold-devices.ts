// What every verb on MFA devices begins with: whose devices, what is there, what was begun before; one
// such verb at a time per identity.

import { isAwstError } from "../../model/errors.ts";
import type { SeenDevices } from "../../model/mfa/mfa-enrolment.ts";
import { codeDevices } from "../../model/mfa/own-devices.ts";
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

export interface NewDeviceWish {
  readonly identity: string | undefined;
  /** undefined: the user's name, or the next that is free. */
  readonly name: string | undefined;
  /** --store */
  readonly store: boolean;
  /** --text */
  readonly asText: boolean;
  readonly user: UserRequest;
}

export interface DeviceHands {
  readonly identityContext: IdentityContext;
  readonly userName: string;
  readonly iam: Iam;
  /** The one `iam` is signed by; undefined: the long-term key. */
  readonly session: MfaSession | undefined;
}

/** On the long-term key. */
export interface OwnDevices extends DeviceHands {
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
    const enabled = await lookAtOwn(context, identityContext, iam, userName);
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
  wish: UserRequest,
  work: (hands: DeviceHands) => Promise<T>,
): Promise<T> {
  const { identityContext, enabled } = own;
  const signInside = () =>
    asUser(context, identityContext.identity.name, wish, (iam, userName, _same, session) =>
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

async function lookAtOwn(
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
export async function lookAtDevices(
  context: Needs<"debug">,
  { iam, userName }: { readonly iam: Iam; readonly userName: string },
): Promise<SeenDevices> {
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
