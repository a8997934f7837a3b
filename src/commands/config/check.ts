// `awst config check`: every mistake of the configuration at once; status 2 where there is one.

import type { LocatedProblem } from "../../model/configuration/configuration.ts";
import type { Words } from "../../model/words.ts";
import type { Needs } from "../../ports.ts";

export async function run(
  context: Needs<"configurationFile" | "paths" | "out">,
  words: Words,
): Promise<number> {
  const path = context.paths.configuration;
  const { configuration, problems } = await (await context.configurationFile()).check();
  const remarks = configuration?.remarks ?? [];
  if (words.json) {
    const valid = problems.length === 0;
    await context.out(`${JSON.stringify({ version: 1, path, valid, problems, remarks })}\n`);
  } else {
    const lines = [
      ...problems.flatMap((problem) => describe(path, problem)),
      ending(path, problems),
    ];
    lines.push(...remarks.map((remark) => `note: ${remark}`));
    await context.out(lines.map((line) => `${line}\n`).join(""));
  }
  return problems.length === 0 ? 0 : 2;
}

function describe(path: string, { line, column, message, hint }: LocatedProblem): string[] {
  const what = `${path}:${line}:${column}: ${message}`;
  return hint === undefined ? [what] : [what, `    ${hint}`];
}

function ending(path: string, { length }: readonly LocatedProblem[]): string {
  if (length === 0) return `${path}: nothing is wrong`;
  return `${length} ${length === 1 ? "mistake" : "mistakes"} in ${path}`;
}
