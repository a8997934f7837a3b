// `doctor`: looks at everything that has to be right for `assume` to work, one thing after the other, and
// changes nothing. An error met on the way is what was found out, and the next thing is looked at.

import { clockName, clockOf, clockRemark } from "../../model/clock.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import { environmentFindings, networkFindings } from "../../model/doctor/environment-findings.ts";
import { type Finding, good, note, wrong } from "../../model/doctor/finding.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import { findProfiles, parseAwsFiles } from "../../model/profile/profile-headers.ts";
import type { Needs } from "../../ports.ts";
import { type ExamineKeyNeeds, examineKey } from "./examine-key.ts";
import { type ExamineProfilesNeeds, examineProfiles } from "./examine-profiles.ts";

type ExamineNeeds = ExamineKeyNeeds & ExamineProfilesNeeds & Needs<"configurationFile">;

/** `online`: AWS is asked too. */
export async function examine(
  context: ExamineNeeds,
  how: { readonly online: boolean; readonly identity: string | undefined },
): Promise<readonly Finding[]> {
  const checked = await examineConfiguration(context);
  const { configuration } = checked;
  const findings = [...checked.findings];
  if (configuration !== undefined) {
    const names = [...configuration.identities.keys()];
    for (const name of names.filter(
      (each) => how.identity === undefined || each === how.identity,
    )) {
      findings.push(
        ...(await collect("key", () => examineKey(context, configuration, name, how.online))),
      );
    }
  }
  findings.push(...(await collect("profiles", () => examineProfiles(context, configuration))));
  findings.push(...(await collect("environment", () => examineEnvironment(context))));
  const clock = clockOf(context.state.read(clockName), context.now());
  const remark = clockRemark(clock);
  findings.push(
    remark === undefined ? good("clock", "as AWS's, as last seen") : note("clock", remark),
  );
  return findings;
}

interface ExaminedConfiguration {
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

async function examineConfiguration(
  context: Needs<"configurationFile" | "paths">,
): Promise<ExaminedConfiguration> {
  const area = "configuration";
  const path = context.paths.configuration;
  try {
    const { configuration, problems } = await (await context.configurationFile()).check();
    const findings = problems.map(({ line, column, message, hint }) =>
      wrong(area, `${path}:${line}:${column}: ${message}`, hint),
    );
    const remarks = (configuration?.remarks ?? []).map((remark) => note(area, remark));
    if (configuration === undefined) return { configuration, findings };
    return { configuration, findings: [good(area, path), ...remarks] };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    const isFirstDay =
      error.code === "CONFIGURATION_MISSING" && !/AWST_CONFIG/.test(error.hint ?? "");
    const hint = isFirstDay ? "awst init" : error.hint;
    return { configuration: undefined, findings: [wrong(area, error.message, hint)] };
  }
}

async function examineEnvironment(
  context: Needs<"awsFiles" | "env" | "stamp">,
): Promise<readonly Finding[]> {
  const known = findProfiles(parseAwsFiles(await (await context.awsFiles()).read()));
  const isProfile = (name: string) => known.some(({ names }) => names.includes(name));
  const isFile = (path: string) => context.stamp(path) !== undefined;
  return [...environmentFindings(context.env, isProfile), ...networkFindings(context.env, isFile)];
}

async function collect(
  area: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return [asFinding(area, error)];
  }
}

function asFinding(area: string, error: AwstError): Finding {
  return wrong(area, error.message, error.hint);
}
