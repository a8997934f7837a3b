// The error for a key that is missing where awst looks for it, and that another store has. A second key is made easily
// because of a variable, and is one too many. Apart from the other errors of stores, which every start loads.

import { AwstError } from "../errors.ts";

/** Returns the error for a key that the store in use does not have, where another store has it or may have it. */
export function keyElsewhere(name: string, other: "system" | "file" | "usual-folder"): AwstError {
  if (other === "usual-folder") {
    const message = `the state folder in XDG_STATE_HOME has no access key for "${name}", but the usual one has a sealed file`;
    return new AwstError("KEY_MISSING", message, {
      hint: "unset XDG_STATE_HOME, or to add the same key here too: awst key add",
    });
  }
  const here = other === "system" ? "the sealed file" : "the system's keychain";
  const there = other === "system" ? "the system's keychain has one" : "there is a sealed file too";
  return new AwstError("KEY_MISSING", `${here} has no access key for "${name}", but ${there}`, {
    hint: `export AWST_KEYCHAIN=${other}`,
  });
}
