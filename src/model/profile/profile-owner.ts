// Which configuration a profile belongs to: the one that wrote it. awst changes the profiles of another configuration
// only on request, because the profile would silently lead to other credentials from then on.

import type { AwstCall } from "./process-line.ts";
import { configurationOfKey, type ProfileCache } from "./profile-cache.ts";

export interface OwnConfiguration {
  readonly path: string;
  /** The configuration of a line that names none. */
  readonly defaultPath: string;
  /** A configuration that no longer exists owns nothing. */
  readonly exists: (path: string) => boolean;
}

/** Returns the path of the other configuration that wrote this line; undefined for a line of our own. */
export function otherOwnerOfLine(
  { configuration, configurationHome }: Pick<AwstCall, "configuration" | "configurationHome">,
  own: OwnConfiguration,
): string | undefined {
  const byDefault =
    configurationHome === undefined ? own.defaultPath : `${configurationHome}/awstools/config.toml`;
  return otherThan(own, configuration ?? byDefault);
}

/** Returns the path of the other configuration that wrote a temporary key (`mode = "keys"`) with this id. */
export function otherOwnerOfKey(
  accessKeyId: string,
  { roles }: ProfileCache,
  own: OwnConfiguration,
): string | undefined {
  const key = Object.keys(roles).findLast((each) => roles[each]?.accessKeyId === accessKeyId);
  const owner = key === undefined ? undefined : configurationOfKey(key);
  return owner === undefined ? undefined : otherThan(own, owner);
}

function otherThan(own: OwnConfiguration, path: string): string | undefined {
  if (path === own.path) return undefined;
  // Process lines have no backslashes.
  const slashed = (text: string) => text.replaceAll("\\", "/");
  return slashed(path) !== slashed(own.path) && own.exists(path) ? path : undefined;
}
