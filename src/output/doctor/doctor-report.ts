// The report of `awst doctor`: one line for each finding, the fix below it, and a summary.

import type { Finding, FindingState } from "../../model/doctor/findings.ts";
import { oneLine } from "../../model/text/one-line.ts";
import type { Paint, Style } from "../style.ts";
import { displayWidth } from "../text-table.ts";

export function findingsText(findings: readonly Finding[], style: Style): string {
  const paints: Record<FindingState, Paint> = {
    ok: style.ok,
    wrong: style.fail,
    note: style.warn,
  };
  const labels = new Map(findings.map(({ state }) => [state, paints[state](state)]));
  const width = displayWidth(paints.wrong("wrong"));
  const lines = findings.flatMap(({ area, state, message, hint }) => {
    const label = labels.get(state) ?? state;
    const padding = " ".repeat(width - displayWidth(label));
    return [
      `${label}${padding}  ${area}: ${oneLine(message)}`,
      ...(hint === null ? [] : [`${" ".repeat(width)}  ${oneLine(hint)}`]),
    ];
  });
  return `${[...lines, summary(findings, style)].join("\n")}\n`;
}

function summary(findings: readonly Finding[], style: Style): string {
  const count = findings.filter(({ state }) => state === "wrong").length;
  if (count === 0) return style.ok("no problems found");
  return style.fail(count === 1 ? "1 problem found" : `${count} problems found`);
}
