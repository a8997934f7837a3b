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

export function findingsJson(findings: readonly Finding[]): string {
  const answer = { version: 1, healthy: isHealthy(findings), findings };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

export function findingsText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ area, state, message, hint }) => [
    `${state.padEnd(5)}  ${area}: ${oneLine(message)}`,
    ...(hint === null ? [] : [`       ${oneLine(hint)}`]),
  ]);
  const count = findings.filter(({ state }) => state === "wrong").length;
  const end =
    count === 0 ? "nothing is wrong" : `${count} ${count === 1 ? "thing is" : "things are"} wrong`;
  return `${[...lines, end].join("\n")}\n`;
}

/** What came from files and variables can't speak to the terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
