// Which identity was meant by --identity: one of those configured, never guessed.

import { AwstError } from "../errors.ts";
import { suggestion } from "../text/nearest-name.ts";
import type { Configuration, Identity } from "./configuration.ts";

/** `name` undefined: the default one. IDENTITY_UNKNOWN. */
export function findIdentity(configuration: Configuration, name: string | undefined): Identity {
  const wanted = name ?? configuration.defaultIdentity;
  const identity = configuration.identities.get(wanted);
  if (identity !== undefined) return identity;
  throw new AwstError("IDENTITY_UNKNOWN", `there is no identity ${JSON.stringify(wanted)}`, {
    hint: suggestion(wanted, [...configuration.identities.keys()]),
  });
}
