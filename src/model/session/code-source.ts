// The sources of MFA codes.

import type { Identity, PromptKind } from "../configuration/configuration.ts";
import { AwstError } from "../errors.ts";
import type { Secret } from "../secret.ts";

export interface MfaCode {
  readonly code: Secret;
  readonly source: "flag" | "environment" | "command" | "seed" | "terminal" | "dialog";
}

/** Returns whether the code was typed, so that another can be typed. */
export function isTyped(found: MfaCode): boolean {
  return found.source === "terminal" || found.source === "dialog";
}

/** Returns whether this command line alone was given the code: its refusal says nothing about other codes. */
export function isGiven(found: MfaCode): boolean {
  return found.source === "flag" || found.source === "environment";
}

/** Returns the prompts in order: of AWST_PROMPT, or else of the configuration. Throws USAGE. */
export function promptSources(
  env: Readonly<Record<string, string | undefined>>,
  identity: Pick<Identity, "prompt">,
): readonly ("terminal" | "dialog")[] {
  const asked = env["AWST_PROMPT"];
  if (asked && !isPromptKind(asked)) {
    const text = `AWST_PROMPT must be terminal, gui or none, not ${JSON.stringify(asked)}`;
    throw new AwstError("USAGE", text, { hint: "unset AWST_PROMPT, or set it to one of these" });
  }
  const kinds: readonly PromptKind[] = isPromptKind(asked) ? [asked] : identity.prompt;
  return kinds.flatMap((kind) =>
    kind === "none" ? [] : kind === "gui" ? ["dialog"] : ["terminal"],
  );
}

function isPromptKind(text: string | undefined): text is PromptKind {
  return text === "terminal" || text === "gui" || text === "none";
}
