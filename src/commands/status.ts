// awst status: what this shell has now, and how long. Offline, and 0 whatever it is.

import { readStatus } from "../flows/shell/read-status.ts";
import { AwstError } from "../model/errors.ts";
import { textOption, type Words } from "../model/words.ts";
import { fillTemplate, statusJson, statusLine } from "../output/session/status-report.ts";
import type { Needs } from "../ports.ts";

export async function run(
  context: Needs<"env" | "state" | "now" | "out">,
  words: Words,
): Promise<void> {
  const template = textOption(words, "format");
  if (template !== undefined && words.json) {
    throw new AwstError("USAGE", "--json and --format exclude each other", {
      hint: "awst status --help",
    });
  }
  const { status, awsNow } = await readStatus(context);
  if (words.json) return context.out(statusJson(status, awsNow));
  if (template === undefined) return context.out(`${statusLine(status, awsNow)}\n`);
  const text = fillTemplate(template, status, awsNow);
  if (text !== "") await context.out(text);
}
