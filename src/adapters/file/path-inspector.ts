// Inspects paths for `doctor`: kind, owner, whether they can be read and written, and space on the disk.

import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { PathFacts } from "../../model/doctor/path-findings.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import type { PathInspector } from "../../ports.ts";
import { followLinks } from "./whole-file.ts";

const maxForeign = 3;

export function openPathInspector(): PathInspector {
  const user = process.geteuid?.();
  const isForeign = (uid: number) => user !== undefined && uid !== user;
  return {
    isRoot: user === 0,
    inspect: (path) => {
      const linkTo = linkTargetOf(path);
      const found = statOf(path);
      const nearest = typeof found === "object" ? path : nearestFolder(path);
      return {
        path,
        linkTo,
        kind: typeof found === "object" ? kindOf(found) : found,
        otherOwner: typeof found === "object" && isForeign(found.uid) ? found.uid : undefined,
        whyUnreadable: found === "missing" ? undefined : whyNot(path, constants.R_OK),
        whyUnwritable: whyNot(nearest, constants.W_OK),
        closedFolder: nearest === path || isForeign(statSync(nearest).uid) ? undefined : nearest,
        isDiskFull: isDiskFull(nearest),
      };
    },
    findForeign: (folder) => {
      const paths = entriesOf(folder).flatMap((path) => [path, ...entriesOf(path)]);
      const foreign = paths.filter((path) => {
        const found = entryOf(path);
        return found !== undefined && isForeign(found.uid);
      });
      return foreign.slice(0, maxForeign);
    },
  };
}

function statOf(path: string): Stats | "missing" | "hidden" {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? "missing";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOTDIR" || code === "ELOOP" ? "missing" : "hidden";
  }
}

/** Returns undefined for an entry of a folder that may be listed, and not searched. */
function entryOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function kindOf(found: Stats): PathFacts["kind"] {
  if (found.isFile()) return "file";
  return found.isDirectory() ? "folder" : "special";
}

function linkTargetOf(path: string): string | undefined {
  try {
    readlinkSync(path);
    return followLinks(path);
  } catch {
    return undefined;
  }
}

/** Returns the first folder above a path that exists. */
function nearestFolder(path: string): string {
  const above = dirname(path);
  return above === path || typeof statOf(above) === "object" ? above : nearestFolder(above);
}

function whyNot(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return systemErrorText(error);
  }
}

function isDiskFull(path: string): boolean {
  try {
    const { bavail, blocks } = statfsSync(path);
    // Some virtual file systems report no blocks at all.
    return blocks > 0 && bavail === 0;
  } catch {
    return false;
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
