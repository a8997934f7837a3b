// `doctor` on AWS's two files: who may read them, whether awst's profiles stand there, what is in their way,
// and whether the program their lines name is still where it was.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { type Finding, good, note, wrong } from "../../model/doctor/finding.ts";
import { ownedProfiles } from "../../model/profile/profile-sections.ts";
import type { Needs } from "../../ports.ts";
import { type ListedProfile, listProfiles } from "../profile/sync-profiles.ts";

export type ExamineProfilesNeeds = Parameters<typeof listProfiles>[0] & Needs<"awsFiles">;

const area = "profiles";

/** Errors: FILE_UNREADABLE, FILE_MALFORMED. */
export async function examineProfiles(
  context: ExamineProfilesNeeds,
  configuration: Configuration | undefined,
): Promise<readonly Finding[]> {
  const files = await context.awsFiles();
  const findings: Finding[] = [];
  if (await files.isOpenToOthers()) {
    const path = context.paths.awsCredentials;
    findings.push(wrong(area, `others on this machine can read ${path}`, `chmod 600 ${path}`));
  }
  for (const { name, call } of ownedProfiles(await files.read())) {
    const gone = call.program.find((word) => isPath(word) && context.stamp(word) === undefined);
    if (gone === undefined) continue;
    const message = `profile "${name}" calls ${gone}, which is gone`;
    findings.push(wrong(area, message, "awst profile sync"));
  }
  if (configuration === undefined) return findings;
  const listed = await listProfiles(context);
  for (const { name, file, why } of of(listed, "in the way")) {
    const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
    const hint = "rename that section, or change [write] profiles";
    findings.push(wrong(area, `${path} [${name}] stands in the way: ${why}`, hint));
  }
  for (const { name, why } of of(listed, "unwritable")) {
    findings.push(note(area, `${JSON.stringify(name)} gets no profile: ${why}`));
  }
  const missing = [...of(listed, "missing"), ...of(listed, "outdated")];
  if (missing.length > 0) {
    const names = missing.slice(0, 3).map(({ name }) => JSON.stringify(name));
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
    const hint = "awst profile sync";
    findings.push(
      note(area, `not written, or not as configured: ${names.join(", ")}${more}`, hint),
    );
  }
  const standing = [...of(listed, "good"), ...of(listed, "keys")].length;
  if (standing > 0) findings.push(good(area, `${standing} as they should be`));
  return findings;
}

function of(listed: readonly ListedProfile[], state: ListedProfile["state"]) {
  return listed.filter((each) => each.state === state);
}

function isPath(word: string): boolean {
  return /^(\/|[A-Za-z]:\/)/.test(word);
}
