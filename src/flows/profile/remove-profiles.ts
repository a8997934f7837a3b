// Removes profiles that awst owns from AWS's files. Lines that the user added to them stay, and a profile that awst
// took over from another tool gets its own lines back.

import { AwstError } from "../../model/errors.ts";
import {
  classifySection,
  type IsAwstKey,
  type OwnedProfile,
  openProfileEdits,
  ownedProfiles,
  type SectionContent,
} from "../../model/profile/aws-profiles.ts";
import { removeKeyProfiles } from "../../model/profile/key-profiles.ts";
import { isNamedByAwst, type ProfileConflict } from "../../model/profile/plan-rules.ts";
import { profileCacheFile } from "../../model/profile/profile-cache.ts";
import { planProfiles } from "../../model/profile/profile-plan.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { countText } from "../../model/text/count-text.ts";
import { suggestion } from "../../model/text/nearest-name.ts";
import type { Needs } from "../../ports.ts";
import { readPlanRules } from "./write-profiles.ts";

export interface RemovedProfiles {
  readonly removed: readonly string[];
  /** Those of them that another tool had before, and has again. */
  readonly restored: readonly string[];
  /** Profiles of other configurations, which stay. */
  readonly others: readonly { readonly name: string; readonly configuration: string }[];
  /** Profiles that stay, because without them another section would change. */
  readonly conflicts: readonly ProfileConflict[];
}

type RemoveContext = Needs<"awsFiles" | "state" | "fileFingerprint" | "paths" | "terminal" | "say">;

/**
 * Removes the named profiles; without names, every role's profile of this configuration whose name awst chose, after
 * it showed them and the user agreed. Returns undefined if the user declined.
 * Errors: USAGE (no such profile), PROFILE_CONFLICT (a named profile is not awst's, or can't be removed),
 * CONFIRMATION_NEEDED, FILE_*; nothing is removed then.
 */
export async function removeProfiles(
  context: RemoveContext,
  names: readonly string[],
  { isConfirmed }: { readonly isConfirmed: boolean },
): Promise<RemovedProfiles | undefined> {
  const files = await context.awsFiles();
  let shown: RemovedProfiles | undefined;
  if (names.length === 0) {
    shown = planRemoval(context, await files.read(), names).result;
    if (shown.removed.length === 0) return shown;
    if (!isConfirmed && !(await confirmRemoval(context, shown))) return undefined;
  }
  // Only what was shown: another process may have written more profiles meanwhile.
  const done = await files.edit((texts) => {
    const plan = planRemoval(context, texts, shown?.removed ?? names);
    if (shown === undefined) refuseIfBlocked(context, plan.result);
    return plan;
  });
  context.state.record("profiles-changed", { written: 0, removed: done.removed.length });
  if (shown === undefined) return done;
  const conflicts = [...shown.conflicts, ...done.conflicts];
  return { ...done, others: shown.others, conflicts };
}

function planRemoval(
  context: RemoveContext,
  texts: AwsFileTexts,
  names: readonly string[],
): { readonly texts: AwsFileTexts; readonly result: RemovedProfiles } {
  const { isAwstKey, writtenRegions, otherOwner } = readPlanRules(context, []);
  const ownerOf = ({ line }: OwnedProfile) => otherOwner({ kind: "process", line });
  const isOwnKey = (accessKeyId: string) =>
    isAwstKey(accessKeyId) && otherOwner({ kind: "keys", accessKeyId }) === undefined;
  const { roles } = context.state.read(profileCacheFile);
  const written = new Set(Object.values(roles).flatMap((each) => each.names));
  for (const name of names) refuseUnlessOwned(texts, name, isAwstKey);
  const edits = openProfileEdits(texts);
  const takenOver = new Set(
    edits
      .all()
      .filter(edits.isTakenOver)
      .flatMap(({ names }) => names),
  );
  const isCandidate = ({ name, call }: OwnedProfile) =>
    isNamedByAwst({ name, call }, written) || takenOver.has(name);
  const shouldRemove = (profile: OwnedProfile) =>
    names.length === 0
      ? isCandidate(profile) && ownerOf(profile) === undefined
      : names.includes(profile.name);
  const plan = planProfiles(texts, [], { shouldRemove, isAwstKey, writtenRegions });
  const withKeys = names.length === 0 ? namesWithOwnKeys(texts, isOwnKey) : names;
  const keys = removeKeyProfiles(plan.texts, withKeys, isAwstKey);
  const removed = [...new Set([...plan.removed, ...keys.removed])];
  const foreign = [...ownedProfiles(texts)].flatMap((profile) => {
    const configuration = isCandidate(profile) ? ownerOf(profile) : undefined;
    return names.length > 0 || configuration === undefined
      ? []
      : [{ name: profile.name, configuration }];
  });
  const result = {
    removed,
    restored: removed.filter((name) => takenOver.has(name)),
    others: [...new Map(foreign.map((each) => [each.name, each])).values()],
    conflicts: [...plan.conflicts, ...keys.conflicts],
  };
  return { texts: keys.texts, result };
}

function refuseIfBlocked(
  { paths }: Pick<RemoveContext, "paths">,
  { conflicts: [conflict] }: RemovedProfiles,
): void {
  if (conflict === undefined) return;
  const { name, file, why } = conflict;
  const path = file === "config" ? paths.awsConfig : paths.awsCredentials;
  const message = `cannot remove profile ${JSON.stringify(name)} from ${path}: ${why}`;
  throw new AwstError("PROFILE_CONFLICT", message);
}

/** Shows what would be removed, and asks. Errors: CONFIRMATION_NEEDED without a terminal, INTERRUPTED. */
async function confirmRemoval(
  context: Needs<"terminal" | "say">,
  { removed, restored }: RemovedProfiles,
): Promise<boolean> {
  for (const name of removed) {
    const what = restored.includes(name) ? "would restore the lines of" : "would remove";
    context.say(`${what} profile ${JSON.stringify(name)}`);
  }
  const terminal = await context.terminal();
  const count = countText(removed.length, "profile");
  if (terminal.isHere()) return terminal.confirm({ text: `Remove ${count} from AWS's files?` });
  throw new AwstError("CONFIRMATION_NEEDED", `no terminal to confirm the removal of ${count}`, {
    hint: "awst profile remove --yes, or name the profiles",
  });
}

function refuseUnlessOwned(texts: AwsFileTexts, name: string, isAwstKey: IsAwstKey): void {
  const found = openProfileEdits(texts).named(name);
  if (found.length === 0) {
    // A profile may stand in both of AWS's files.
    const known = [...new Set([...ownedProfiles(texts)].map((each) => each.name))];
    throw new AwstError("USAGE", `there is no profile ${JSON.stringify(name)}`, {
      hint: suggestion(name, known),
    });
  }
  const contents = found.map(({ section }) => classifySection(section, isAwstKey));
  // A section with an indented line is refused by the plan, which knows its file.
  const isOwn = ({ kind, ...more }: SectionContent) =>
    kind === "process" || kind === "keys" || "line" in more;
  if (contents.some(isOwn)) return;
  const conflict = contents.find((each) => each.kind === "conflict");
  const why = conflict?.kind === "conflict" ? conflict.why : "awst has written nothing in it";
  throw new AwstError(
    "PROFILE_CONFLICT",
    `profile ${JSON.stringify(name)} does not belong to awst: ${why}`,
  );
}

function namesWithOwnKeys(texts: AwsFileTexts, isAwstKey: IsAwstKey): readonly string[] {
  return openProfileEdits(texts)
    .all()
    .flatMap(({ names, section }) => {
      const content = classifySection(section, isAwstKey);
      const isOwn = content.kind === "keys" && isAwstKey(content.accessKeyId);
      return isOwn ? names.slice(0, 1) : [];
    });
}
