// Shows a new device's seed on the terminal: as a QR code, and as text beside it. Issuer and label distinguish accounts,
// users and devices in an app that has many.

import { otpauthUri } from "../../model/mfa/otpauth-uri.ts";
import type { Secret } from "../../model/secret.ts";
import type { QrDrawing } from "./qr-drawing.ts";

export interface NewDevice {
  readonly name: string;
  readonly userName: string;
  readonly accountId: string | undefined;
  /** The account's name in the configuration. */
  readonly accountName: string | undefined;
  readonly seed: Secret;
}

const issuer = "AWS";

/** `bob@main-account 111111111111`, and the device's name if it differs from the user's. */
export function deviceLabelFor(device: NewDevice): string {
  const { name, userName, accountName, accountId } = device;
  const account = [accountName, accountId].filter((each) => each !== undefined).join(" ");
  const who = account === "" ? userName : `${userName}@${account}`;
  return name === userName ? who : `${who} ${name}`;
}

export function newDeviceUri(device: NewDevice): Secret {
  return otpauthUri({ issuer, label: deviceLabelFor(device), seed: device.seed });
}

/** The QR code, and everything that an app asks for without one. `drawing` undefined: text only. */
export function newDeviceLines(
  device: NewDevice,
  drawing: QrDrawing | undefined,
): readonly string[] {
  const label = deviceLabelFor(device);
  const letters = device.seed.reveal().match(/.{1,4}/g) ?? [];
  const text = [
    `account: ${issuer}: ${label}`,
    `key:     ${letters.slice(0, 8).join(" ")}`,
    `         ${letters.slice(8).join(" ")}`.trimEnd(),
    "type:    time-based, six digits",
  ];
  if (drawing === undefined) return ["Enter this in your authenticator app:", ...text, ""];
  if ("reason" in drawing) {
    return [`No QR code: ${drawing.reason}. Enter this in your authenticator app:`, ...text, ""];
  }
  return [
    ...drawing.lines,
    "Scan the QR code with your authenticator app, or enter this:",
    ...text,
    "",
  ];
}
