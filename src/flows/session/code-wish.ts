// What a code is wanted for, and who waits for it.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import type { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";

export interface CodeWish {
  readonly identity: Identity;
  readonly device: string;
  /** Where a stored seed may lie. */
  readonly configuration: Pick<Configuration, "keychainBackend">;
  /** --mfa-code */
  readonly given: Secret | undefined;
  /** Codes are made of this seed and come from nowhere else: it is being proved. */
  readonly seed?: Secret | undefined;
  /** When a machine's patience ends. */
  readonly deadline: Date | undefined;
  /** The command that would do the same with a person there. */
  readonly retry: string;
}

export type CodeNeeds = Needs<
  "env" | "state" | "now" | "sleep" | "say" | "terminal" | "dialog" | "children" | "keychain"
>;
