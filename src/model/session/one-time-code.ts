// Reads MFA codes: exactly six digits. Spaces, which some apps show between them, are removed.

import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";

/** undefined for anything that is not a code. */
export function readCode(text: string | undefined): Secret | undefined {
  const digits = text?.replaceAll(/\s/g, "") ?? "";
  return /^[0-9]{6}$/.test(digits) ? new Secret(digits) : undefined;
}

/** A code from the command line or the environment: `name` says which. Errors: USAGE. */
export function readGivenCode(name: string, text: string): Secret {
  const code = readCode(text);
  if (code !== undefined) return code;
  throw new AwstError("USAGE", `${name} is not six digits`, {
    hint: "type the six digits that the MFA device shows now; without a code here, awst asks for it",
  });
}
