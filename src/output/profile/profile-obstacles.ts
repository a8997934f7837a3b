// What to say of profiles that could not be written: one line each, with what to do.

import type { EnsuredProfiles } from "../../model/profile/profile-cache.ts";

export function conflictLines(
  { conflicts, unwritable }: Pick<EnsuredProfiles, "conflicts" | "unwritable">,
  paths: { readonly awsConfig: string; readonly awsCredentials: string },
): readonly string[] {
  const files = { config: paths.awsConfig, credentials: paths.awsCredentials };
  return [
    ...conflicts.map(({ name, file, why }) => {
      const where = `profile ${JSON.stringify(name)} in ${files[file]} was left alone: ${why}`;
      return `${where}; rename that section, or set [write] profiles to other names`;
    }),
    ...unwritable.map(({ name, why }) => `no profile ${JSON.stringify(name)}: ${why}`),
  ];
}
