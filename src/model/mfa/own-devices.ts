// A user's MFA devices as AWS lists them: what kind each is, what it is called, which one is meant.

import { AwstError } from "../errors.ts";
import { makesCodes } from "../session/aws-facts.ts";
import { mfaLine } from "./mfa-line.ts";

export type DeviceKind = "virtual" | "hardware" | "FIDO" | "SMS" | "other";

/** AWS's limit, devices of all kinds together. */
const devicesPerUser = 8;

export function kindOfDevice(serial: string): DeviceKind {
  if (!serial.startsWith("arn:")) return "hardware";
  const kind = /^arn:[^:]+:iam::\d{12}:([a-z0-9-]+)\//.exec(serial)?.[1];
  if (kind === "mfa") return "virtual";
  return kind === "u2f" ? "FIDO" : kind === "sms-mfa" ? "SMS" : "other";
}

/** `phone` of `arn:aws:iam::111111111111:mfa/phone`; a hardware serial as it is. */
export function nameOfDevice(serial: string): string {
  return serial.startsWith("arn:") ? (serial.split("/").at(-1) ?? serial) : serial;
}

/** Those whose codes STS takes. */
export function codeDevices<T extends { readonly serial: string }>(devices: readonly T[]): T[] {
  return devices.filter(({ serial }) => makesCodes(serial));
}

/** `identity`: named in the hint. Errors: IAM_QUOTA. */
export function refuseNinth(
  userName: string,
  devices: readonly unknown[],
  identity?: string | undefined,
): void {
  if (devices.length < devicesPerUser) return;
  const message = `user ${userName} has ${devicesPerUser} MFA devices, which is AWS's limit`;
  throw new AwstError("IAM_QUOTA", message, {
    hint: mfaLine(identity, "remove", "--device", "NAME"),
  });
}

/** By serial, or by name. `identity`: named in the hint. Errors: DEVICE_MISSING. */
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
    hint: names.length === 0 ? mfaLine(identity, "add") : `there are: ${names.join(", ")}`,
  });
}

/** What to say, once, where security keys or passkeys are among them. */
export function fidoRemark(
  serials: readonly string[],
  identity?: string | undefined,
): string | undefined {
  if (!serials.some((serial) => kindOfDevice(serial) === "FIDO")) return undefined;
  return `security keys and passkeys (FIDO) are for the console: STS takes no answer of theirs; for the command line add an authenticator app beside them: ${mfaLine(identity, "add")}`;
}
