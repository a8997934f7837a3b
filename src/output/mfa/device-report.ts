// How MFA devices are printed: the list, and what a command changed. All sentences about devices that
// commands print are here; device-display.ts shows a new device's seed.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import {
  type DeviceKind,
  deletionCommand,
  fidoNote,
  mfaCommand,
  nameOfDevice,
} from "../../model/mfa/own-devices.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../style.ts";
import { textTable } from "../text-table.ts";

export interface DeviceLine {
  readonly name: string;
  readonly serial: string;
  readonly kind: DeviceKind;
  readonly enabledAt: Date;
  /** STS accepts its codes. */
  readonly isUsable: boolean;
  /** Its seed is in the keychain. */
  readonly isStored: boolean;
  /** awst asks for the codes of this device. */
  readonly isAsked: boolean;
}

export interface DeviceListing {
  readonly identity: string;
  readonly userName: string;
  readonly devices: readonly DeviceLine[];
  /** Names of devices whose change was started and is not complete. */
  readonly unfinished: {
    readonly adding: string | undefined;
    readonly replacing: string | undefined;
    readonly removing: string | undefined;
  };
}

export interface AddedFacts {
  readonly identity: string;
  readonly serial: string;
  readonly isStored: boolean;
  readonly isResumed: boolean;
}

/** Where in the configuration a device is named. */
export interface ConfiguredDevice {
  readonly path: string;
  /** `[mfa]`, or `[identities.NAME]`. */
  readonly table: string;
}

export function deviceTable({ devices }: DeviceListing, style: Style): string {
  const head = ["DEVICE", "KIND", "ENABLED", "CLI", "SEED", "DEFAULT", "SERIAL"];
  const rows = devices.map(({ name, kind, enabledAt, isUsable, isStored, isAsked, serial }) => [
    name,
    kind,
    enabledAt.toISOString().slice(0, 10),
    isUsable ? { text: "yes", paint: style.ok } : { text: "no", paint: style.warn },
    isStored ? "stored" : "",
    isAsked ? "yes" : "",
    { text: serial, paint: style.dim },
  ]);
  return textTable([head.map((text) => ({ text, paint: style.heading })), ...rows]);
}

/** Which devices STS does not accept, and what is not complete: one line each. `whose`: --identity. */
export function deviceTableNotes(
  { userName, devices, unfinished }: DeviceListing,
  whose: string | undefined,
): readonly string[] {
  const { adding, replacing, removing } = unfinished;
  const serials = devices.map(({ serial }) => serial);
  const lines = [
    fidoNote(serials, whose),
    devices.length === 0 &&
      `user ${userName} has no MFA device: ${mfaCommand(whose, replacing === undefined ? "add" : "replace")}`,
    replacing !== undefined &&
      `the replacement of device ${replacing} is not complete: ${mfaCommand(whose, "replace")}`,
    adding !== undefined &&
      replacing === undefined &&
      `the new device ${adding} is not complete: ${mfaCommand(whose, "add")}`,
    removing !== undefined &&
      `the removal of device ${removing} is not complete: ${mfaCommand(whose, "remove")}`,
  ];
  return lines.filter((line) => typeof line === "string");
}

export function deviceListingJson({ identity, userName, devices, unfinished }: DeviceListing) {
  return {
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

export function addedJson({ identity, serial, isStored }: AddedFacts) {
  return { identity, device: serial, stored: isStored };
}

/** `whose`: --identity, for the commands to paste. */
export function addedLines(
  { serial, isStored, isResumed }: AddedFacts,
  whose: string | undefined,
): readonly string[] {
  const forget = mfaCommand(whose, "forget", "--device", nameOfDevice(serial));
  return [
    `added MFA device ${deviceLabel(serial)}; AWS accepted its codes and opened an MFA session`,
    ...(isResumed
      ? [`an earlier run created this device; to add another one: ${mfaCommand(whose, "add")}`]
      : []),
    ...(isStored ? [seedWarning(serial), `to delete the seed from the keychain: ${forget}`] : []),
  ];
}

export function replacedLine(old: string, serial: string): string {
  const by = old === serial ? "" : ` by ${deviceLabel(serial)}`;
  return `replaced MFA device ${deviceLabel(old)}${by}`;
}

export function removedLine(serial: string, deletionDenied: boolean): string {
  return deletionDenied
    ? `deactivated MFA device ${deviceLabel(serial)}: AWS no longer accepts its codes`
    : `removed MFA device ${deviceLabel(serial)}`;
}

/** Printed when AWS denies the deletion of a device that is deactivated. */
export function deletionDeniedLine(serial: string): string {
  return `AWS denied the deletion of ${deviceLabel(serial)}, so its name stays in use; an administrator can delete it: ${deletionCommand(serial)}`;
}

/** undefined: the configuration does not name this device. */
export function configuredDevice(
  { path, defaultIdentity }: Configuration,
  { name, device }: Identity,
  serial: string,
): ConfiguredDevice | undefined {
  if (device !== serial) return undefined;
  return { path, table: name === defaultIdentity ? "[mfa]" : `[identities.${name}]` };
}

/** For a configuration that names a removed device. `replacement`: the serial to write instead. */
export function configuredLine(
  { path, table }: ConfiguredDevice,
  replacement: string | undefined,
): string {
  const change =
    replacement === undefined ? "delete the line `device = …`" : `set device = "${replacement}"`;
  return `${path} still names the old device: under ${table}, ${change}`;
}

/** Printed before a seed is stored, also where no confirmation is asked for. */
export function seedWarning(serial: string): string {
  return `awst makes the codes of ${deviceLabel(serial)} from the stored seed; any other program that runs as you can make them too`;
}

/** `before`: what was stored for the device. */
export function storedSeedLine(serial: string, before: "none" | "same" | "other"): string {
  const label = deviceLabel(serial);
  const done = {
    none: `stored the seed of ${label}`,
    same: `the seed of ${label} was stored already`,
    other: `replaced the stored seed of ${label}`,
  }[before];
  return `${done}; AWS accepted a code made from it`;
}

export function seedFileLine(path: string): string {
  return `${path} still shows the seed: delete that file`;
}

/** `serial` undefined: no seed was stored. */
export function deletedSeedLine(identity: string, serial: string | undefined): string {
  return serial === undefined
    ? `no seed of "${identity}" is stored: nothing to delete`
    : `deleted the seed of ${deviceLabel(serial)} from the keychain; the device itself is unchanged`;
}

export function codeLines(
  serial: string,
  { secondsLeft, wasSent }: { readonly secondsLeft: number; readonly wasSent: boolean },
): readonly string[] {
  return [
    `the code of ${deviceLabel(serial)} expires in ${secondsLeft} s`,
    ...(wasSent
      ? ["warning: awst sent this code already, and AWS accepts a code once: wait for the next one"]
      : []),
  ];
}

export function resyncedLine(serial: string): string {
  return `resynchronized the clock of ${deviceLabel(serial)}: AWS accepts its next code`;
}
