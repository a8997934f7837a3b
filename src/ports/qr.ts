// QR codes: encoded for a phone to scan, read from a saved picture.

import type { QrModules } from "../model/mfa/otpauth-uri.ts";
import type { Secret } from "../model/secret.ts";

export interface Qr {
  /** The modules contain the text, so they are shown on the terminal device only. */
  encode(text: Secret): QrModules;
  /** The text of the code in a PNG file; undefined: no readable code. FILE_UNREADABLE, FILE_MALFORMED. */
  read(path: string): Promise<Secret | undefined>;
}
