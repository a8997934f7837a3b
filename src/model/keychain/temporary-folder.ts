// Folders that a system empties at its next start, or sooner. A sealed file in one of them may be gone tomorrow, so no
// rotation leaves the only copy of a new key there.

import type { Env } from "../environment.ts";

/**
 * Returns the temporary folder that contains `path`; undefined for none. A home in the same one is a test or a container,
 * which ends as a whole.
 */
export function temporaryFolderOf(
  path: string,
  { home, env, platform }: { readonly home: string; readonly env: Env; readonly platform: string },
): string | undefined {
  return temporaryFolders(env, platform).find((folder) => {
    return isWithin(path, folder, platform) && !isWithin(home, folder, platform);
  });
}

/** /run/user/UID is emptied when the user's last session ends. */
function temporaryFolders(env: Env, platform: string): readonly string[] {
  const named = [env["TMPDIR"], env["TEMP"], env["TMP"]].filter((each) => each !== undefined);
  const usual =
    platform === "win32" ? [] : ["/tmp", "/private/tmp", "/dev/shm", "/run", "/var/run"];
  return [...named, ...usual].filter((each) => each !== "" && each !== "/");
}

function isWithin(path: string, folder: string, platform: string): boolean {
  const [inner, outer] = [path, folder].map((each) => {
    const plain = platform === "win32" ? each.replaceAll("\\", "/").toLowerCase() : each;
    return plain.replace(/\/*$/, "/");
  });
  return inner !== undefined && outer !== undefined && inner.startsWith(outer);
}
