// Changes the passphrase of the sealed file. The old passphrase opens nothing afterwards, except copies of the
// file that were made before.

import { AwstError } from "../../model/errors.ts";
import type { Needs, PassphraseChange } from "../../ports.ts";
import { loadAndCacheConfiguration } from "../session/load-configuration.ts";

export interface ChangedPassphrase extends PassphraseChange {
  /** The variable that has the old passphrase, or a file with it. */
  readonly variable: string | undefined;
}

const variables = ["AWST_KEYCHAIN_PASSPHRASE", "AWST_KEYCHAIN_PASSPHRASE_FILE"];

/** `path`: the file that has the new passphrase; undefined: asks for it. Errors: CONFIGURATION_*, KEYCHAIN_*. */
export async function changePassphrase(
  context: Needs<"configurationFile" | "state" | "paths" | "keychain" | "env">,
  path: string | undefined,
): Promise<ChangedPassphrase> {
  const { configuration } = await loadAndCacheConfiguration(context);
  const keychain = await context.keychain(configuration.keychainBackend);
  if (keychain.kind === "system") {
    throw new AwstError(
      "KEYCHAIN_REFUSED",
      "the keychain in use is the system's, and awst stores no passphrase for it",
      {
        hint: "the system's keychain is locked and unlocked by the system",
      },
    );
  }
  const changed = await keychain.changePassphrase(path);
  context.state.record("keychain-passphrase-changed", {});
  const variable = variables.find((name) => Boolean(context.env[name]));
  return { ...changed, variable: changed.keyFile === undefined ? variable : undefined };
}
