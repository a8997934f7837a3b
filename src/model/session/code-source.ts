// Where a code came from, and what follows from that.

import type { Identity, PromptKind } from "../configuration/configuration.ts";
import type { Secret } from "../secret.ts";

export interface MfaCode {
  readonly code: Secret;
  readonly source: "flag" | "environment" | "command" | "seed" | "terminal" | "dialog";
}

/** By a person, who may be asked again. */
export function isTyped(found: MfaCode): boolean {
  return found.source === "terminal" || found.source === "dialog";
}

/** From one command line alone: what AWS says of it tells others nothing. */
export function isGiven(found: MfaCode): boolean {
  return found.source === "flag" || found.source === "environment";
}

/** Who is asked, in order: AWST_PROMPT, else what is configured. */
export function promptSources(
  env: Readonly<Record<string, string | undefined>>,
  identity: Pick<Identity, "prompt">,
): readonly ("terminal" | "dialog")[] {
  const asked = env["AWST_PROMPT"];
  const kinds: readonly PromptKind[] = isPromptKind(asked) ? [asked] : identity.prompt;
  return kinds.flatMap((kind) =>
    kind === "none" ? [] : kind === "gui" ? ["dialog"] : ["terminal"],
  );
}

function isPromptKind(text: string | undefined): text is PromptKind {
  return text === "terminal" || text === "gui" || text === "none";
}
