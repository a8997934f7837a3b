// Checks the serial number and the code of GetSessionToken and AssumeRole, with AWS's messages. A correct code is
// not accepted again, even if the call fails afterwards.

import type { ActionRequest } from "../action.ts";
import { takeCode } from "../cloud/mfa-device.ts";
import { accessDenied } from "../wire/service-error.ts";
import type { Shape } from "../wire/shapes.ts";

export const codeShape = {
  SerialNumber: { min: 9, max: 256, pattern: /[\w+=/:,.@-]*/ },
  TokenCode: { min: 6, max: 6, pattern: /[\d]*/ },
} satisfies Shape;

/** Returns whether a correct code was given. Throws AccessDenied for an incomplete, unknown or wrong one. */
export function takeGivenCode({ parameters, caller, now }: ActionRequest): boolean {
  const serial = parameters.get("SerialNumber");
  const code = parameters.get("TokenCode");
  if (serial === undefined && code === undefined) return false;
  if (serial === undefined || code === undefined) {
    throw accessDenied(
      "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    );
  }
  const device = caller.account.devices.get(serial);
  const isOwn =
    device?.enabledAt && caller.kind === "user" && device.userName === caller.user?.name;
  if (!device || !isOwn || device.kind === "u2f" || device.kind === "sms") {
    throw accessDenied(
      "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
  }
  if (!takeCode(device, code, now)) {
    throw accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code.");
  }
  return true;
}
