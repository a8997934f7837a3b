// awst doctor: prints what is wrong and what to type. Status 1 if something is wrong.

import { defineCommand } from "../args/command.ts";
import { flag } from "../args/options.ts";
import { checkSetup } from "../flows/doctor/check-setup.ts";
import { isHealthy } from "../model/doctor/findings.ts";
import { findingsText } from "../output/doctor/doctor-report.ts";
import type { CheckAdmin, Context } from "../ports.ts";

/** `checkAdmin`: checks the table `[admin]`, which users' commands don't load anything for. */
export function doctorOf(checkAdmin: CheckAdmin) {
  return defineCommand({
    name: "doctor",
    group: "Start here",
    summary: "check the setup, and print how to fix what is wrong",
    details:
      "Checks the configuration, awst's files and their owner, the keychain and the access key in it, MFA devices, unfinished work, the profiles in AWS's files and whether every AWS tool can read them, the environment, the shell function, schedules, the connection to AWS and the clock. Changes nothing. The exit status is 1 if something is wrong.",
    options: {
      online: flag("also call AWS with the key"),
    },
    examples: [
      { line: "awst doctor", meaning: "offline" },
      { line: "awst doctor --online --json", meaning: "with a call to AWS, as JSON" },
    ],
    json: [
      ["healthy", "whether nothing is wrong"],
      [
        "findings[].area",
        "configuration, files, keychain, key, mfa, rotation, profiles, environment, network, shell, schedule, clock or aws",
      ],
      ["findings[].state", "ok, wrong or note"],
      ["findings[].message, .hint", "one line of text; what to type, or null"],
    ],
    skipsBackgroundReports: () => true,
    async run(context: Context, { online, identity }) {
      const findings = await checkSetup(context, { online, identity, checkAdmin });
      const healthy = isHealthy(findings);
      return {
        json: { healthy, findings },
        text: (style) => findingsText(findings, style),
        exitStatus: healthy ? 0 : 1,
      };
    },
  });
}
