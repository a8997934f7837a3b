// Removes profiles that awst owns from AWS's files. Lines that the user added to them stay.

import { AwstError } from "../../model/errors.ts";
import {
  type AwsFileTexts,
  classifySection,
  type IsAwstKey,
  type OwnedProfile,
  openProfileEdits,
  ownedProfiles,
} from "../../model/profile/aws-profiles.ts";
import { profileCacheFile } from "../../model/profile/profile-cache.ts";
import {
  isNamedByAwst,
  planProfiles,
  removeKeyProfiles,
} from "../../model/profile/profile-plan.ts";
import { suggestion } from "../../model/text/nearest-name.ts";
import type { Needs } from "../../ports.ts";
import { readPlanRules } from "./write-profiles.ts";

/**
 * Removes the named profiles; without names, every role's profile whose name awst chose.
 * Errors: USAGE (no such profile), PROFILE_CONFLICT (not awst's profile), FILE_*; nothing is removed then.
 */
export async function removeProfiles(
  context: Needs<"awsFiles" | "state" | "fileFingerprint" | "paths">,
  names: readonly string[],
): Promise<{ readonly removed: readonly string[] }> {
  const { isAwstKey, otherOwner } = readPlanRules(context, []);
  const { roles } = context.state.read(profileCacheFile);
  const written = new Set(Object.values(roles).flatMap((each) => each.names));
  const isOwnKey = (accessKeyId: string) =>
    isAwstKey(accessKeyId) && otherOwner({ kind: "keys", accessKeyId }) === undefined;
  const files = await context.awsFiles();
  const removed = await files.edit((texts) => {
    for (const name of names) refuseUnlessOwned(texts, name, isAwstKey);
    // A profile of another configuration is removed by its name only.
    const shouldRemove = ({ name, line, call }: OwnedProfile) =>
      names.length === 0
        ? isNamedByAwst({ name, call }, written) && !otherOwner({ kind: "process", line })
        : names.includes(name);
    const plan = planProfiles(texts, [], { shouldRemove, isAwstKey });
    const withKeys = names.length === 0 ? namesWithOwnKeys(texts, isOwnKey) : names;
    const keys = removeKeyProfiles(plan.texts, withKeys, isAwstKey);
    return { texts: keys.texts, result: [...plan.removed, ...keys.removed] };
  });
  if (removed.length > 0)
    context.state.record("profiles-changed", { written: 0, removed: removed.length });
  return { removed };
}

function refuseUnlessOwned(texts: AwsFileTexts, name: string, isAwstKey: IsAwstKey): void {
  const found = openProfileEdits(texts).named(name);
  if (found.length === 0) {
    const known = ownedProfiles(texts).map((each) => each.name);
    throw new AwstError("USAGE", `there is no profile ${JSON.stringify(name)}`, {
      hint: suggestion(name, known),
    });
  }
  const contents = found.map(({ section }) => classifySection(section, isAwstKey));
  if (contents.some(({ kind }) => kind === "process" || kind === "keys")) return;
  const conflict = contents.find((each) => each.kind === "conflict");
  const why = conflict?.kind === "conflict" ? conflict.why : "awst has written nothing in it";
  throw new AwstError(
    "PROFILE_CONFLICT",
    `profile ${JSON.stringify(name)} does not belong to awst: ${why}`,
  );
}

function namesWithOwnKeys(texts: AwsFileTexts, isAwstKey: IsAwstKey): readonly string[] {
  return openProfileEdits(texts).sections.flatMap(({ names, section }) => {
    const content = classifySection(section, isAwstKey);
    const isOwn = content.kind === "keys" && isAwstKey(content.accessKeyId);
    return isOwn ? names.slice(0, 1) : [];
  });
}
