// Creates, lists and deletes virtual MFA devices of an account. `assign-mfa-device.ts` assigns them to users.

import type { Action } from "../action.ts";
import { newVirtualDevice } from "../cloud/mfa-device.ts";
import { qrPicture } from "../cloud/qr-picture.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { deleteConflict, entityAlreadyExists, noSuchEntity } from "../wire/service-error.ts";
import { pathShape, serialShape } from "./mfa-shapes.ts";
import { permit } from "./own-user.ts";
import { givenTags, tagsShape } from "./tags.ts";
import { userFields } from "./users.ts";

export const createVirtualMfaDevice: Action = {
  input: {
    VirtualMFADeviceName: { required: true, min: 1, pattern: /[\w+=,.@-]+/ },
    Path: pathShape,
    Tags: tagsShape,
  },
  run(request) {
    const { caller, parameters, now } = request;
    const { account } = caller;
    const name = parameters.get("VirtualMFADeviceName") ?? "";
    const path = parameters.get("Path") ?? "/";
    const serial = account.arn(`mfa${path}${name}`);
    permit(request, "CreateVirtualMFADevice", serial);
    if (account.devices.has(serial)) {
      throw entityAlreadyExists("MFADevice entity at the same path and name already exists.");
    }
    const device = newVirtualDevice(serial, path, name, now);
    device.tags = givenTags(request);
    account.devices.set(serial, device);
    const label = `${name}@${account.alias ?? account.id}`;
    const picture = qrPicture(`otpauth://totp/${label}?secret=${device.seed}`);
    return {
      VirtualMFADevice: {
        SerialNumber: serial,
        Base32StringSeed: Buffer.from(device.seed).toString("base64"),
        QRCodePNG: picture.toString("base64"),
      },
    };
  },
};

export const listVirtualMfaDevices: Action = {
  input: {
    AssignmentStatus: { oneOf: ["Assigned", "Unassigned", "Any"] },
    ...pageShape,
  },
  run(request) {
    const { account } = request.caller;
    permit(request, "ListVirtualMFADevices", account.arn("mfa/"));
    const wanted = request.parameters.get("AssignmentStatus") ?? "Any";
    const devices = [...account.devices.values()]
      .filter(({ kind }) => kind === "virtual")
      .filter(({ userName }) => wanted === "Any" || (wanted === "Assigned") === Boolean(userName))
      .map((device) => {
        const user = device.userName ? account.users.get(device.userName) : undefined;
        return {
          SerialNumber: device.serial,
          EnableDate: device.enabledAt,
          User: user && userFields(user),
        };
      });
    const { items, end } = pageOf(devices, request.parameters, request.settings.pageSize);
    return { VirtualMFADevices: items, ...end };
  },
};

export const deleteVirtualMfaDevice: Action = {
  input: { SerialNumber: serialShape },
  run(request) {
    const { account } = request.caller;
    const serial = request.parameters.get("SerialNumber") ?? "";
    permit(request, "DeleteVirtualMFADevice", serial);
    const device = account.devices.get(serial);
    if (device?.kind !== "virtual") {
      throw noSuchEntity(`VirtualMFADevice with serial number ${serial} doesn't exist.`);
    }
    if (device.userName) {
      throw deleteConflict("MFA VirtualMFADevice must be deactivated before it can be deleted.");
    }
    account.devices.delete(serial);
    return undefined;
  },
};
