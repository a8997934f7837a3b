// A new device's seed for the person who takes it up: the text of the QR code and the lines beside it.
// Issuer and label tell accounts, users and devices apart in an app that holds many.

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

/** `bob@main-account 111111111111`, with the device's name where it is not the user's. */
export function deviceLabelFor(device: NewDevice): string {
  const { name, userName, accountName, accountId } = device;
  const account = [accountName, accountId].filter((each) => each !== undefined).join(" ");
  const who = account === "" ? userName : `${userName}@${account}`;
  return name === userName ? who : `${who} ${name}`;
}

export function newDeviceUri(device: NewDevice): Secret {
  return otpauthUri({ issuer, label: deviceLabelFor(device), seed: device.seed });
}

/** What stands beside the code, or in its place: everything an app asks for when nothing is scanned. */
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
    "by time, six digits",
  ];
  if (drawing === undefined) return ["Add this to your authenticator app:", ...text, ""];
  if ("reason" in drawing) {
    return [`No QR code here: ${drawing.reason}. Add this to your authenticator app:`, ...text, ""];
  }
  return [
    ...drawing.lines,
    "Scan it with your authenticator app, or type this into it:",
    ...text,
    "",
  ];
}
