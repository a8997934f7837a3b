// `mfa remove`: deactivated, then deleted, inside an MFA session; never the last one that makes codes,
// unless that is said. A deletion that AWS denies leaves a name that is taken, and nothing more.

import { AwstError } from "../../model/errors.ts";
import { mfaLine, nameUnlessDefault } from "../../model/mfa/mfa-line.ts";
import {
  codeDevices,
  findDevice,
  kindOfDevice,
  nameOfDevice,
} from "../../model/mfa/own-devices.ts";
import { awsFactsName, decodeAwsFacts, makesCodes } from "../../model/session/aws-facts.ts";
import {
  type ConfiguredDevice,
  configuredDevice,
  leftLine,
} from "../../output/mfa/device-report.ts";
import type { ListedDevice } from "../../ports/iam.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import { forgetStoredSeed, listStoredSeeds } from "../session/stored-seed.ts";
import {
  type DeviceHands,
  type DeviceNeeds,
  holdDevices,
  type OwnDevices,
} from "./hold-devices.ts";
import { changeMfaJournal, readMfaJournal } from "./keep-mfa-journal.ts";
import { deactivateDevice, deleteDevice } from "./take-away-device.ts";

export interface RemoveWish {
  readonly identity: string | undefined;
  readonly device: string | undefined;
  readonly force: boolean;
  readonly user: UserRequest;
}

export interface RemovedDevice {
  readonly serial: string;
  /** AWS denied its deletion: it stays in the account, nobody's. */
  readonly isLeft: boolean;
  /** Others whose codes STS takes. */
  readonly others: readonly string[];
  readonly identity: string;
  /** Where the configuration names it. */
  readonly configured: ConfiguredDevice | undefined;
}

/** Errors: DEVICE_LAST, DEVICE_MISSING, CHOICE_NEEDED, CODE_NEEDED, and those of `asUser`. */
export async function removeDevice(context: DeviceNeeds, wish: RemoveWish): Promise<RemovedDevice> {
  return holdDevices(context, wish.identity, wish.user.purpose, async (own) => {
    const { identityContext, userName } = own;
    const { removal } = await readMfaJournal(context, identityContext, userName);
    const devices = await listOwnDevices(context, own, wish.user);
    const isBegun =
      removal !== undefined &&
      (wish.device === undefined || [removal, nameOfDevice(removal)].includes(wish.device)) &&
      !devices.some(({ serial }) => serial === removal);
    if (isBegun) context.say(`going on with the removal of ${nameOfDevice(removal)}`);
    const serial = isBegun ? removal : await chooseSerial(context, own, wish);
    const others = codeDevices(devices)
      .map((each) => each.serial)
      .filter((each) => each !== serial);
    if (!isBegun && makesCodes(serial) && others.length === 0 && !wish.force) {
      const line = (...words: readonly string[]) =>
        mfaLine(nameUnlessDefault(identityContext), ...words);
      throw new AwstError(
        "DEVICE_LAST",
        `${nameOfDevice(serial)} is the last device of user ${userName} that makes codes`,
        { hint: `${line("replace")}; or, to be without: ${line("remove", "--force")}` },
      );
    }
    // The one that goes may be lost: a code of another opens the session, where there is one.
    const device = (await findOpener(context, identityContext, others)) ?? wish.user.device;
    const user = { ...wish.user, device };
    const isLeft = await asUser(
      context,
      identityContext.identity.name,
      user,
      (iam, _name, _own, session) =>
        takeAway(context, { identityContext, userName, iam, session }, serial, wish.user.retry),
    );
    const { configuration, identity } = identityContext;
    const configured = configuredDevice(configuration, identity, serial);
    return { identity: identity.name, serial, isLeft, others, configured };
  });
}

/** Of several that stay: the configured one, one whose codes are made here, the one last used. */
async function findOpener(
  context: DeviceNeeds,
  identityContext: DeviceHands["identityContext"],
  others: readonly string[],
): Promise<string | undefined> {
  if (others.length < 2) return others[0];
  const stored = await listStoredSeeds(context, identityContext);
  const { users } = decodeAwsFacts(context.state.read(awsFactsName), context.now());
  const lastUsed = users[identityContext.key.accessKeyId]?.lastUsed;
  const preferred = [identityContext.identity.device, ...stored, lastUsed];
  return preferred.find((each) => each !== undefined && others.includes(each)) ?? others[0];
}

async function chooseSerial(
  context: DeviceNeeds,
  own: OwnDevices,
  wish: RemoveWish,
): Promise<string> {
  const chosen = await chooseOwnDevice(context, {
    among: await listOwnDevices(context, own, wish.user),
    named: wish.device,
    question: "Which device is to be removed?",
    verb: "remove",
    whose: nameUnlessDefault(own.identityContext),
  });
  return chosen.serial;
}

async function takeAway(
  context: DeviceNeeds,
  hands: DeviceHands,
  serial: string,
  retry: string,
): Promise<boolean> {
  const { identityContext, userName, session } = hands;
  if (session === undefined) {
    const message = "an MFA device is removed inside an MFA session alone, which needs a code";
    throw new AwstError("CODE_NEEDED", message, { hint: retry });
  }
  await changeMfaJournal(context, identityContext, userName, { removal: serial });
  await deactivateDevice(context, hands, serial);
  const isLeft = (await deleteDevice(context, hands, serial)) === "denied";
  if (isLeft) context.say(leftLine(serial));
  await forgetStoredSeed(context, identityContext, serial);
  await changeMfaJournal(context, identityContext, userName, { removal: undefined });
  return isLeft;
}

export interface DeviceChoice {
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
  choice: DeviceChoice,
): Promise<ListedDevice> {
  const { among, named, question, verb, whose } = choice;
  if (named !== undefined) return findDevice(among, named, whose);
  const [first, ...others] = among;
  if (first === undefined) {
    throw new AwstError("DEVICE_MISSING", "the user has no MFA device for that", {
      hint: mfaLine(whose, "add"),
    });
  }
  if (others.length === 0) return first;
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("CHOICE_NEEDED", `the user has ${among.length} MFA devices`, {
      hint: mfaLine(whose, verb, "--device", nameOfDevice(first.serial)),
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
  wish: UserRequest,
): Promise<readonly ListedDevice[]> {
  if (own.enabled !== undefined) return own.enabled;
  return asUser(context, own.identityContext.identity.name, wish, async (iam, userName) => {
    return (await iam.listMfaDevices(userName)).devices;
  });
}
