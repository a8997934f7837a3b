// awst config check: prints every mistake of the configuration at once; status 2 if there is one.

import { defineCommand } from "../../args/command.ts";
import type { LocatedProblem } from "../../model/configuration/configuration.ts";
import { unwritableNames } from "../../model/profile/unwritable-names.ts";
import type { Style } from "../../output/style.ts";
import type { CheckAdmin, Needs } from "../../ports.ts";

/** `checkAdmin`: checks the table `[admin]`, which users' commands don't load anything for. */
export function checkOf(checkAdmin: CheckAdmin) {
  return defineCommand({
    name: "config check",
    group: "Set-up",
    summary: "print every mistake in the configuration, with line and column",
    examples: [
      { line: "awst config check", meaning: "the exit status is 2 if there is a mistake" },
    ],
    json: [
      ["path", "the file"],
      ["valid", "whether there is no mistake"],
      ["problems[].line, .column", "counted from 1"],
      ["problems[].message, .hint", "what is wrong, and what is allowed"],
      [
        "nameRemarks[].line, .column, .message, .hint",
        "names of accounts and identities that a profile can't have; no mistakes",
      ],
      ["remarks", "notes that are not mistakes"],
    ],
    async run(context: Needs<"configurationFile" | "paths">) {
      const path = context.paths.configuration;
      const file = await context.configurationFile();
      const checked = await file.check(checkAdmin, unwritableNames);
      const { configuration, problems, nameRemarks = [] } = checked;
      const remarks = configuration?.remarks ?? [];
      const toText = (style: Style) =>
        [
          ...problems.flatMap((problem) => describe(path, problem)),
          ending(path, problems, style),
          ...nameRemarks.flatMap((remark) => describe(`note: ${path}`, remark)),
          ...remarks.map((remark) => `note: ${remark}`),
        ]
          .map((line) => `${line}\n`)
          .join("");
      return {
        json: { path, valid: problems.length === 0, problems, nameRemarks, remarks },
        text: toText,
        exitStatus: problems.length === 0 ? 0 : 2,
      };
    },
  });
}

function describe(path: string, { line, column, message, hint }: LocatedProblem): string[] {
  const what = `${path}:${line}:${column}: ${message}`;
  return hint === undefined ? [what] : [what, `    ${hint}`];
}

function ending(path: string, { length }: readonly LocatedProblem[], style: Style): string {
  if (length === 0) return style.ok(`no mistakes in ${path}`);
  return style.fail(`${length} ${length === 1 ? "mistake" : "mistakes"} in ${path}`);
}
