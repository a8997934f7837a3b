// ListMFADevices: a user's enabled devices of every kind.

import type { Action } from "../action.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { permittedUser, userNameShape } from "./own-user.ts";

export const listMfaDevices: Action = {
  input: { UserName: userNameShape, ...pageShape },
  run(request) {
    const user = permittedUser(request, "ListMFADevices");
    const devices = request.caller.account.devicesOf(user.name).map((device) => ({
      UserName: user.name,
      SerialNumber: device.serial,
      EnableDate: device.enabledAt,
    }));
    const { items, end } = pageOf(devices, request.parameters, request.settings.pageSize);
    return { MFADevices: items, ...end };
  },
};
