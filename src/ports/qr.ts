// QR codes: drawn for a phone to see, read from a picture that somebody saved.

import type { QrCanvas, QrDrawing } from "../model/mfa/qr-drawing.ts";
import type { Secret } from "../model/secret.ts";

export interface Qr {
  /** For the terminal device alone: it shows the text to whoever sees it. */
  draw(text: Secret, canvas: QrCanvas): QrDrawing;
  /** The text of the code in a PNG file; undefined: none that can be read. FILE_UNREADABLE, FILE_MALFORMED. */
  read(path: string): Promise<Secret | undefined>;
}
