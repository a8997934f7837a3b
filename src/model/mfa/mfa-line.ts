// A line to paste, for the very identity it is about: without its name the line would act on the default
// one's devices.

import type { Configuration, Identity } from "../configuration/configuration.ts";
import { commandLine } from "../text/command-line.ts";

/** `identity` undefined: the default one. */
export function mfaLine(identity: string | undefined, ...words: readonly string[]): string {
  const whose = identity === undefined ? [] : ["--identity", identity];
  return commandLine(["awst", "mfa", ...words, ...whose]);
}

/** undefined for the default one. A `Caller` is one of these. */
export function nameUnlessDefault({
  identity,
  configuration,
}: {
  readonly identity: Pick<Identity, "name">;
  readonly configuration: Pick<Configuration, "defaultIdentity">;
}): string | undefined {
  return identity.name === configuration.defaultIdentity ? undefined : identity.name;
}
