// The options that commands for MFA devices share, and the request that follows from them.

import type { ArgsOf } from "./command.ts";
import { flag, optional, text } from "./options.ts";
import { mfaCode, readUserRequest } from "./session-options.ts";

export const newDeviceOptions = {
  store: flag("keep the seed in the keychain: awst makes the codes from now on"),
  text: flag("print the seed as text only, no QR code (for screen readers)"),
} as const;

/** The device that a command is about. */
export const device = text(
  "NAME",
  "the device, by its name or serial; needed where there are several",
);

const newDevice = {
  arguments: { name: optional("NAME", "") },
  options: { ...newDeviceOptions, mfaCode },
} as const;

type NewDeviceArgs = ArgsOf<typeof newDevice.arguments, typeof newDevice.options>;

/**
 * Returns what `mfa add` and `mfa replace` ask for. The name is the new device's for one of them, and for the other a
 * device that is there already, if there is one of that name.
 */
export function readNewDevice(args: NewDeviceArgs) {
  const { identity, name, store, text: asText } = args;
  return { identity, name, store, asText, user: readUserRequest(args) };
}
