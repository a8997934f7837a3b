// What a new user is given, as lines for the terminal or for a file that only the administrator can read.

import { otpauthUri } from "../../model/mfa/otpauth-uri.ts";
import type { Secret } from "../../model/secret.ts";

/** `drawing`: the QR code of a device's seed. */
export function passwordLines(
  user: string,
  accountId: string,
  password: Secret,
): readonly string[] {
  return [
    `sign in:  https://${accountId}.signin.aws.amazon.com/console`,
    `user:     ${user}`,
    `password: ${password.reveal()}`,
    "          to be changed at the first sign-in",
  ];
}

export function keyLines(accessKeyId: string, secretAccessKey: Secret): readonly string[] {
  return [`access key: ${accessKeyId}`, `secret:     ${secretAccessKey.reveal()}`];
}

export function deviceUri(user: string, accountId: string, seed: Secret): Secret {
  return otpauthUri({ issuer: "AWS", label: `${user}@${accountId}`, seed });
}

export function deviceLines(
  serial: string,
  seed: Secret,
  drawing: readonly string[],
): readonly string[] {
  return [`MFA device: ${serial}`, `key:        ${seed.reveal()}`, ...drawing];
}
