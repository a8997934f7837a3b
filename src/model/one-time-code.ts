// What counts as a one-time code: exactly six digits. Blanks that apps show between them are forgiven.

import { Secret } from "./secret.ts";

/** undefined for anything that is no code. */
export function readCode(text: string | undefined): Secret | undefined {
  const digits = text?.replaceAll(/\s/g, "") ?? "";
  return /^[0-9]{6}$/.test(digits) ? new Secret(digits) : undefined;
}
