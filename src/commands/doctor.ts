// awst doctor: what is wrong here, and what to type. Status 1 where something is.

import { defineCommand } from "../args/command.ts";
import { flag } from "../args/options.ts";
import { examine } from "../flows/doctor/check-setup.ts";
import { isHealthy } from "../model/doctor/finding.ts";
import { findingsText } from "../output/doctor/doctor-report.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "doctor",
  group: "Start here",
  summary: "what is wrong here, and what to type",
  details:
    "Looks at the configuration, the keychain and the key in it, the profiles in AWS's files and who may read them, the environment, the way to AWS, the clock. Changes nothing. Status 1 where something is wrong.",
  options: {
    online: flag("ask AWS too whether it takes the key"),
  },
  examples: [
    { line: "awst doctor", meaning: "offline" },
    { line: "awst doctor --online --json", meaning: "with AWS, for a program" },
  ],
  json: [
    ["healthy", "whether nothing is wrong"],
    [
      "findings[].area",
      "configuration, keychain, key, profiles, environment, network, clock or aws",
    ],
    ["findings[].state", "good, wrong or note"],
    ["findings[].message, .hint", "in words, and a line to paste or null"],
  ],
  async run(context: Context, { online, identity }) {
    const findings = await examine(context, { online, identity });
    const healthy = isHealthy(findings);
    return {
      json: { healthy, findings },
      text: findingsText(findings),
      exitStatus: healthy ? 0 : 1,
    };
  },
});
