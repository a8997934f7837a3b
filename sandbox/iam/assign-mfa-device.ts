// EnableMFADevice, DeactivateMFADevice and ResyncMFADevice. Enabling and resyncing need two consecutive codes,
// which are not accepted again.

import type { Action, ActionRequest } from "../action.ts";
import type { MfaDevice, User } from "../cloud/entities.ts";
import { takeTwoCodes } from "../cloud/mfa-device.ts";
import {
  entityAlreadyExists,
  limitExceeded,
  noSuchEntity,
  ServiceError,
} from "../wire/service-error.ts";
import { authenticationCodeShape, serialShape } from "./mfa-shapes.ts";
import { permittedUser, userNameShape } from "./own-user.ts";

const devicesPerUser = 8;
/** How many steps codes may be off: two minutes when enabling, half an hour when resyncing. */
const enableWindow = 4;
const resyncWindow = 60;

const twoCodes = {
  UserName: { ...userNameShape, required: true },
  SerialNumber: serialShape,
  AuthenticationCode1: authenticationCodeShape,
  AuthenticationCode2: authenticationCodeShape,
};

export const enableMfaDevice: Action = {
  input: twoCodes,
  run(request) {
    const user = permittedUser(request, "EnableMFADevice");
    const { account } = request.caller;
    const serial = request.parameters.get("SerialNumber") ?? "";
    const device = account.devices.get(serial);
    if (!device) {
      throw noSuchEntity(`VirtualMFADevice with serial number ${serial} does not exist.`);
    }
    if (device.userName) throw entityAlreadyExists("MFA Device is already in use.");
    if (account.devicesOf(user.name).length >= devicesPerUser) {
      throw limitExceeded(`Cannot exceed quota for MFADevicesPerUser: ${devicesPerUser}`);
    }
    takeBoth(request, device, enableWindow);
    device.userName = user.name;
    device.enabledAt = request.now;
    return undefined;
  },
};

export const resyncMfaDevice: Action = {
  input: twoCodes,
  run(request) {
    const user = permittedUser(request, "ResyncMFADevice");
    takeBoth(request, ownDevice(request, user), resyncWindow);
    return undefined;
  },
};

export const deactivateMfaDevice: Action = {
  input: { UserName: userNameShape, SerialNumber: serialShape },
  run(request) {
    const user = permittedUser(request, "DeactivateMFADevice");
    const device = ownDevice(request, user);
    device.userName = undefined;
    device.enabledAt = undefined;
    if (device.kind !== "virtual") request.caller.account.devices.delete(device.serial);
    return undefined;
  },
};

function ownDevice({ caller, parameters }: ActionRequest, user: User): MfaDevice {
  const serial = parameters.get("SerialNumber") ?? "";
  const device = caller.account.devices.get(serial);
  if (!device || device.userName !== user.name) {
    throw noSuchEntity(`MFA Device with serial number ${serial} does not exist.`);
  }
  return device;
}

function takeBoth({ parameters, now }: ActionRequest, device: MfaDevice, window: number): void {
  const first = parameters.get("AuthenticationCode1") ?? "";
  const second = parameters.get("AuthenticationCode2") ?? "";
  if (device.seed !== "" && takeTwoCodes(device, [first, second], now, window)) return;
  throw new ServiceError(
    403,
    "InvalidAuthenticationCode",
    "Authentication code for device is not valid.",
  );
}
