// QR codes: encoded for a phone to scan, read from a picture that somebody saved.

import type { QrModules } from "../model/mfa/otpauth-uri.ts";
import type { Secret } from "../model/secret.ts";

export interface Qr {
  /** The modules hold the text: they are for the terminal device alone. */
  encode(text: Secret): QrModules;
  /** The text of the code in a PNG file; undefined: none that can be read. FILE_UNREADABLE, FILE_MALFORMED. */
  read(path: string): Promise<Secret | undefined>;
}
