// Creates QR codes, and loads the reader of pictures, which is far larger, only when it is used.

import { encode } from "uqr";
import type { Secret } from "../../model/secret.ts";
import type { Qr } from "../../ports/prompts.ts";

export function openQr(
  loadReader: () => Promise<{ readPicture(path: string): Secret | undefined }>,
): Qr {
  return {
    // The least error correction gives the smallest code; free space in it is used for more.
    encode: (text) => encode(text.reveal(), { ecc: "L", boostEcc: true, border: 0 }).data,
    read: async (path) => (await loadReader()).readPicture(path),
  };
}
