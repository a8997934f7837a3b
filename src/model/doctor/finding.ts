// What `doctor` found out: one thing each, in words, with what to type.

export type FindingState = "good" | "wrong" | "note";

export interface Finding {
  /** `configuration`, `keychain`, `key`, `profiles`, `environment`, `network`, `clock`, `aws`. */
  readonly area: string;
  readonly state: FindingState;
  /** One line. */
  readonly message: string;
  /** A line to paste; null where nothing is to be done. */
  readonly hint: string | null;
}

export function good(area: string, message: string): Finding {
  return { area, state: "good", message, hint: null };
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
