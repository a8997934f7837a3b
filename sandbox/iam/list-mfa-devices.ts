// ListMFADevices and GetMFADevice: a user's enabled devices of every kind.

import type { Action, ActionRequest } from "../action.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { noSuchEntity } from "../wire/service-error.ts";
import { serialShape } from "./mfa-shapes.ts";
import { permittedUser, userNameShape, type WhoseOptions } from "./own-user.ts";

export const listMfaDevices: Action = {
  input: { UserName: userNameShape, ...pageShape },
  run(request) {
    const user = permittedUser(request, "ListMFADevices", withoutName(request));
    const devices = request.caller.account.devicesOf(user.name).map((device) => ({
      UserName: user.name,
      SerialNumber: device.serial,
      EnableDate: device.enabledAt,
    }));
    const { items, end } = pageOf(devices, request.parameters, request.settings.pageSize);
    return { MFADevices: items, ...end };
  },
};

export const getMfaDevice: Action = {
  input: { SerialNumber: serialShape, UserName: userNameShape },
  run(request) {
    const user = permittedUser(request, "GetMFADevice", withoutName(request));
    const serial = request.parameters.get("SerialNumber") ?? "";
    const found = request.caller.account
      .devicesOf(user.name)
      .find((device) => device.serial === serial);
    if (!found) throw noSuchEntity(`MFA Device with serial number ${serial} does not exist.`);
    return { UserName: user.name, SerialNumber: serial, EnableDate: found.enabledAt };
  },
};

function withoutName({ settings }: ActionRequest): WhoseOptions {
  return { resourceWithoutName: settings.omittedUserNameNeedsStar ? "*" : undefined };
}
