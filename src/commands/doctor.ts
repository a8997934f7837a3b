// awst doctor: what is wrong here, and what to type. Status 1 where something is.

import { examine } from "../flows/doctor/examine.ts";
import { isHealthy } from "../model/doctor/finding.ts";
import { flagOption, type Words } from "../model/words.ts";
import { findingsJson, findingsText } from "../output/doctor/doctor-report.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<number> {
  const online = flagOption(words, "online");
  const findings = await examine(context, { online, identity: words.identity });
  await context.out(words.json ? findingsJson(findings) : findingsText(findings));
  return isHealthy(findings) ? 0 : 1;
}
