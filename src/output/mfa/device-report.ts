// What the commands that change devices print.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { deletionCommand, mfaCommand, nameOfDevice } from "../../model/mfa/own-devices.ts";

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

export function addedJson({ identity, serial, isStored }: AddedFacts) {
  return { identity, device: serial, stored: isStored };
}

/** `whose`: the identity, where it has to be named. */
export function addedLines(
  { serial, isStored, isResumed }: AddedFacts,
  whose: string | undefined,
): readonly string[] {
  const label = deviceLabel(serial);
  return [
    `MFA device ${label} works: AWS took a code of it, and an MFA session is open`,
    ...(isResumed ? [`it was begun before; for a further one: ${mfaCommand(whose, "add")}`] : []),
    ...(isStored
      ? [
          seedCost(serial),
          `to end that: ${mfaCommand(whose, "forget", "--device", nameOfDevice(serial))}`,
        ]
      : []),
  ];
}

export function goneLine(serial: string, isLeft: boolean): string {
  const label = deviceLabel(serial);
  return isLeft
    ? `MFA device ${label} is deactivated: nobody can use it`
    : `MFA device ${label} is removed`;
}

/** Said before it is forgotten: a device that is nobody's any more. */
export function leftLine(serial: string): string {
  return `AWS denied the deletion of ${deviceLabel(serial)}: its name stays taken, and that is all; an administrator can remove it: ${deletionCommand(serial)}`;
}

/** undefined: the configuration does not name this one. */
export function configuredDevice(
  { path, defaultIdentity }: Configuration,
  { name, device }: Identity,
  serial: string,
): ConfiguredDevice | undefined {
  if (device !== serial) return undefined;
  return { path, table: name === defaultIdentity ? "[mfa]" : `[identities.${name}]` };
}

/** The line of the configuration that names a device which is gone. */
export function configuredLine(
  { path, table }: ConfiguredDevice,
  instead: string | undefined,
): string {
  const line = instead === undefined ? "take the line `device = …` out" : `device = "${instead}"`;
  return `${path} still names the old device; under ${table}: ${line}`;
}

/** Said before a seed is stored, also where nobody is asked. */
export function seedCost(device: string): string {
  return `with its seed in the keychain this machine makes the codes of ${deviceLabel(device)} by itself: against somebody who works on it as you, that is no second factor any more`;
}
