// The findings of `doctor`: one fact each, with the command to type.

export type FindingState = "ok" | "wrong" | "note";

export interface Finding {
  /** `configuration`, `keychain`, `key`, `profiles`, `environment`, `network`, `clock`, `aws`. */
  readonly area: string;
  readonly state: FindingState;
  /** One line. */
  readonly message: string;
  /** A command line to paste, or an instruction; null where there is nothing to do. */
  readonly hint: string | null;
}

export function ok(area: string, message: string): Finding {
  return { area, state: "ok", message, hint: null };
}

export function wrong(area: string, message: string, hint?: string): Finding {
  return { area, state: "wrong", message, hint: hint ?? null };
}

export function note(area: string, message: string, hint?: string): Finding {
  return { area, state: "note", message, hint: hint ?? null };
}

export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== "wrong");
}
