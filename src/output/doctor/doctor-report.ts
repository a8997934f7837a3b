// The report of `awst doctor`: one line a finding with what to type, and a summary.

import type { Finding } from "../../model/doctor/finding.ts";

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
