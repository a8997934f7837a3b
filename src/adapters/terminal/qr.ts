// QR codes made, and the way to those in pictures, whose reader is far larger and loaded by itself.

import { encode } from "uqr";
import type { Secret } from "../../model/secret.ts";
import type { Qr } from "../../ports/qr.ts";

export function openQr(
  loadReader: () => Promise<{ readPicture(path: string): Secret | undefined }>,
): Qr {
  return {
    // The least error correction makes the smallest code; what the size leaves room for is added.
    encode: (text) => encode(text.reveal(), { ecc: "L", boostEcc: true, border: 0 }).data,
    read: async (path) => (await loadReader()).readPicture(path),
  };
}
