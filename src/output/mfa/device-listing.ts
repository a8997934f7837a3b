// MFA devices as they are listed.

import { type DeviceKind, mfaCommand } from "../../model/mfa/own-devices.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { textTable } from "../text-table.ts";

export interface DeviceLine {
  readonly name: string;
  readonly serial: string;
  readonly kind: DeviceKind;
  readonly enabledAt: Date;
  /** STS takes its codes. */
  readonly isUsable: boolean;
  /** Its seed is in the keychain. */
  readonly isStored: boolean;
  /** The one whose codes are asked for. */
  readonly isAsked: boolean;
}

export interface DeviceListing {
  readonly identity: string;
  readonly userName: string;
  readonly devices: readonly DeviceLine[];
  /** Names of devices with which something was begun. */
  readonly unfinished: {
    readonly adding: string | undefined;
    readonly replacing: string | undefined;
    readonly removing: string | undefined;
  };
}

export function deviceTable({ devices }: DeviceListing): string {
  const head = ["DEVICE", "KIND", "ENABLED SINCE", "CLI", "SEED", "ASKED", "SERIAL"];
  const rows = devices.map((device) => [
    device.name,
    device.kind,
    device.enabledAt.toISOString().slice(0, 10),
    device.isUsable ? "yes" : "no",
    device.isStored ? "stored here" : "",
    device.isAsked ? "yes" : "",
    device.serial,
  ]);
  return textTable([head, ...rows]);
}

export function deviceListingJson({ identity, userName, devices, unfinished }: DeviceListing) {
  return {
    version: 1,
    identity,
    userName,
    devices: devices.map((device) => ({
      name: device.name,
      serial: device.serial,
      kind: device.kind,
      enabledAt: rfc3339(device.enabledAt),
      usable: device.isUsable,
      stored: device.isStored,
      asked: device.isAsked,
    })),
    unfinished: {
      adding: unfinished.adding ?? null,
      replacing: unfinished.replacing ?? null,
      removing: unfinished.removing ?? null,
    },
  };
}

/** One line for each thing that was begun, with the line that goes on. */
export function unfinishedLines(
  { unfinished }: DeviceListing,
  identity: string | undefined,
): readonly string[] {
  const { adding, replacing, removing } = unfinished;
  return [
    ...(replacing === undefined
      ? []
      : [`the replacement of ${replacing} is not finished: ${mfaCommand(identity, "replace")}`]),
    ...(adding === undefined || replacing !== undefined
      ? []
      : [`device ${adding} is begun and not finished: ${mfaCommand(identity, "add")}`]),
    ...(removing === undefined
      ? []
      : [`the removal of ${removing} is not finished: ${mfaCommand(identity, "remove")}`]),
  ];
}
