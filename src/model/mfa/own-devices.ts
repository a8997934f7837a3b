// A user's MFA devices: their kinds and names, the choice of one, names for new ones, and the commands
// that hints print for them.

import type { Configuration, Identity } from "../configuration/configuration.ts";
import { AwstError } from "../errors.ts";
import { makesCodes } from "../session/aws-facts.ts";
import { commandLine } from "../text/command-line.ts";

export type DeviceKind = "virtual" | "hardware" | "FIDO" | "SMS" | "other";

/** AWS's limit for all kinds of devices together. */
const devicesPerUser = 8;

export function kindOfDevice(serial: string): DeviceKind {
  if (!serial.startsWith("arn:")) return "hardware";
  const kind = /^arn:[^:]+:iam::\d{12}:([a-z0-9-]+)\//.exec(serial)?.[1];
  if (kind === "mfa") return "virtual";
  return kind === "u2f" ? "FIDO" : kind === "sms-mfa" ? "SMS" : "other";
}

/** Returns `phone` for `arn:aws:iam::111111111111:mfa/phone`; a hardware serial unchanged. */
export function nameOfDevice(serial: string): string {
  return serial.startsWith("arn:") ? (serial.split("/").at(-1) ?? serial) : serial;
}

/** Returns the devices whose codes STS accepts. */
export function codeDevices<T extends { readonly serial: string }>(devices: readonly T[]): T[] {
  return devices.filter(({ serial }) => makesCodes(serial));
}

/** Throws IAM_QUOTA if the user has as many devices as AWS allows. `identity`: named in the hint. */
export function checkDeviceQuota(
  userName: string,
  devices: readonly unknown[],
  identity?: string | undefined,
): void {
  if (devices.length < devicesPerUser) return;
  const message = `user ${userName} has ${devicesPerUser} MFA devices, which is AWS's limit`;
  throw new AwstError("IAM_QUOTA", message, {
    hint: mfaCommand(identity, "remove", "--device", "NAME"),
  });
}

/** Finds a device by serial or name. `identity`: named in the hint. Errors: DEVICE_MISSING. */
export function findDevice<T extends { readonly serial: string }>(
  devices: readonly T[],
  wanted: string,
  identity?: string | undefined,
): T {
  const found =
    devices.find(({ serial }) => serial === wanted) ??
    devices.find(({ serial }) => nameOfDevice(serial) === wanted);
  if (found !== undefined) return found;
  const names = devices.map(({ serial }) => nameOfDevice(serial));
  throw new AwstError("DEVICE_MISSING", `the user has no MFA device "${wanted}"`, {
    hint:
      names.length === 0 ? mfaCommand(identity, "add") : `the user's devices: ${names.join(", ")}`,
  });
}

/** Returns a note if security keys or passkeys are among the devices. */
export function fidoNote(
  serials: readonly string[],
  identity?: string | undefined,
): string | undefined {
  if (!serials.some((serial) => kindOfDevice(serial) === "FIDO")) return undefined;
  return `security keys and passkeys (FIDO) work in the console only: STS does not accept them. For the command line, add an authenticator app: ${mfaCommand(identity, "add")}`;
}

/** Returns the name, or throws USAGE if AWS does not allow it. */
export function checkDeviceName(name: string): string {
  if (/^[\w+=,.@-]{1,128}$/.test(name)) return name;
  const message = `${JSON.stringify(name)} is not a valid name for an MFA device`;
  throw new AwstError("USAGE", message, {
    hint: "use up to 128 letters, digits and + = , . @ _ -",
  });
}

/**
 * Returns the first of `bob`, `bob-2`, `bob-3`, … that no device of the account has. The user's own name
 * comes first because older policies allow no other. AWS compares names without case.
 */
export function firstFreeDeviceName(userName: string, taken: readonly string[]): string {
  const isTaken = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = number === 1 ? userName : `${userName}-${number}`;
    if (!isTaken.has(name.toLowerCase())) return name;
  }
}

/** Returns the AWS CLI command with which an administrator deletes a device that the user may not. */
export function deletionCommand(serial: string): string {
  return `aws iam delete-virtual-mfa-device --serial-number ${serial}`;
}

/** Returns an `awst mfa` command to paste. `identity` undefined: the default one. */
export function mfaCommand(identity: string | undefined, ...args: readonly string[]): string {
  const option = identity === undefined ? [] : ["--identity", identity];
  return commandLine(["awst", "mfa", ...args, ...option]);
}

/** Returns the identity's name for `mfaCommand`; undefined for the default identity. */
export function nameUnlessDefault({
  identity,
  configuration,
}: {
  readonly identity: Pick<Identity, "name">;
  readonly configuration: Pick<Configuration, "defaultIdentity">;
}): string | undefined {
  return identity.name === configuration.defaultIdentity ? undefined : identity.name;
}
